import type { Config } from '../../config.ts'
import type { Db } from '../../platform/db.ts'
import type { Pages } from '../workspace/visit.ts'
import { registerAuditPages } from './audit.tsx'
import { registerBusinessPages } from './businesses.tsx'
import { registerDecisionPages } from './decisions.ts'
import { registerJobPages } from './jobs.tsx'
import { registerLeadPages } from './leads.tsx'
import { registerObjectionPages } from './objections.tsx'
import { registerOrderPages } from './orders.tsx'
import { registerPartnerAdminPages } from './partners.ts'
import { registerPublishPages } from './publish.tsx'
import { registerQuarantinePages } from './quarantine.tsx'
import { registerRepairPages } from './repairs.tsx'
import { registerSourcePages } from './sources.tsx'
import { registerWorkList } from './work-list.tsx'

/** Every page of the regulator's staff, in the order of the sections. */
export function registerStaffPages(pages: Pages, { db, config }: { db: Db; config: Config }): void {
  registerWorkList(pages, db)
  registerBusinessPages(pages)
  registerDecisionPages(pages, db)
  registerObjectionPages(pages, db)
  registerRepairPages(pages, db)
  registerOrderPages(pages)
  registerPublishPages(pages)
  registerSourcePages(pages)
  registerQuarantinePages(pages)
  registerLeadPages(pages)
  registerJobPages(pages)
  registerPartnerAdminPages(pages, { hasIssuer: config.OIDC_ISSUER !== undefined })
  registerAuditPages(pages)
}
