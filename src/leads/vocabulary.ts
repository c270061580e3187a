/** What sources may say that does not go together (线索). */
export const leadKinds = [
  /** Two businesses or more claim to run the same site or shop. */
  'claimed-by-two',
  /** The filing of a site names another owner than who reports it. */
  'icp-owner-differs',
  /** A record names a code with another name than its business has or had. */
  'name-differs',
  /** A filing or a platform names a code that nobody is registered under. */
  'unknown-code',
  /** A business that is cancelled or revoked still has a site or shop in use. */
  'closed-business',
] as const
export type LeadKind = (typeof leadKinds)[number]

export const leadStatuses = ['open', 'closed'] as const
export type LeadStatus = (typeof leadStatuses)[number]
