/** An entity of the FollowTheMoney model, as an OpenSanctions index reads it. */
export interface Entity {
  id: string
  caption: string
  schema: 'Company' | 'Organization' | 'LegalEntity' | 'Sanction'
  properties: Record<string, string[]>
  referents: string[]
  datasets: string[]
  target: boolean
}

/** An entry in force, as the feed told it last. */
export interface ListedEntry {
  id: string
  list: string
  ground: { code: string; label: string; article: string }
  authority: string
  decisionNumber: string
  listedOn: string
  expiresOn: string | null
  name: string
}

const dataset = 'xinjian'

/** What the model calls each list: a warning that ends when the duty is done, and what bars from tenders and trust. */
const lists: Readonly<Record<string, { program: string; topics: string[] }>> = {
  abnormal: { program: '经营异常名录', topics: ['reg.warn'] },
  'serious-violator': { program: '严重违法失信名单', topics: ['reg.action', 'debarment'] },
}

/** By the first two characters of the code (GB 32100-2015): an individual business is no organisation of its own. */
function schemaOf(uscc: string): Entity['schema'] {
  if (uscc.startsWith('92')) return 'LegalEntity'
  return uscc.startsWith('91') ? 'Company' : 'Organization'
}

/**
 * A business and its entries in force as FollowTheMoney entities: the business first, then a `Sanction` for each entry,
 * which names the business. Ids follow from the code and the entry's id, so that they are the same in every export.
 * @param entries oldest first, at least one; the name is that of the newest
 */
export function entitiesOf(uscc: string, entries: readonly ListedEntry[], publicUrl: string): Entity[] {
  const id = `${dataset}-${uscc}`
  const sourceUrl = [`${publicUrl}/credit-files/${uscc}`]
  const names = [...new Set(entries.map((entry) => entry.name).reverse())]
  const common = { referents: [], datasets: [dataset] }
  const business: Entity = {
    id,
    caption: names[0] ?? uscc,
    schema: schemaOf(uscc),
    properties: {
      name: names.slice(0, 1),
      ...(names.length > 1 && { previousName: names.slice(1) }),
      uscCode: [uscc],
      jurisdiction: ['cn'],
      country: ['cn'],
      topics: [...new Set(entries.flatMap((entry) => lists[entry.list]?.topics ?? []))],
      sourceUrl,
    },
    target: true,
    ...common,
  }
  const sanctions = entries.map((entry): Entity => {
    const program = lists[entry.list]?.program ?? entry.list
    return {
      id: `${dataset}-listing-${entry.id}`,
      caption: program,
      schema: 'Sanction',
      properties: {
        entity: [id],
        authority: [entry.authority],
        program: [program],
        listingDate: [entry.listedOn],
        startDate: [entry.listedOn],
        ...(entry.expiresOn !== null && { endDate: [entry.expiresOn] }),
        reason: [`${entry.ground.label}（${entry.ground.article}）`],
        recordId: [entry.decisionNumber],
        status: ['in-force'],
        country: ['cn'],
        sourceUrl,
      },
      target: false,
      ...common,
    }
  })
  return [business, ...sanctions]
}
