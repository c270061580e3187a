import type { Db } from '../../platform/db.ts'
import type { Pages } from '../workspace/visit.ts'
import { registerMonitorPages } from './monitors.ts'
import { registerAgencyOrderPages } from './orders.tsx'
import { registerScreeningPages } from './screenings.ts'
import { registerStart } from './start.tsx'
import { registerSubscriptionPages } from './subscriptions.ts'

/** Every page of partner agencies and platforms, in the order of the sections. */
export function registerPartnerPages(pages: Pages, { db }: { db: Db }): void {
  registerStart(pages, db)
  registerAgencyOrderPages(pages)
  registerSubscriptionPages(pages)
  registerScreeningPages(pages)
  registerMonitorPages(pages)
}
