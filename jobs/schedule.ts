import type { Job } from '../src/platform/jobs.ts'
import { liftEndedMeasuresJob } from './lift-ended-measures.ts'
import { forgetOldDeliveriesJob } from './forget-old-deliveries.ts'
import { listLateReportersJob } from './list-late-reporters.ts'
import { pullAnnualReports } from './pull-annual-reports.ts'
import { writeSnapshotJob } from './write-snapshot.ts'

/** Every job, and when it runs: minute, hour, day, month, weekday in Asia/Shanghai. */
export const jobs: readonly Job[] = [
  {
    name: 'pull-annual-reports',
    description: 'Pulls annual reports and their web information from SOURCE_ANNUAL_REPORTS_URL',
    cron: '15 * * * *',
    notReady: (config) =>
      config.SOURCE_ANNUAL_REPORTS_URL === undefined
        ? 'set SOURCE_ANNUAL_REPORTS_URL to the base URL of the source'
        : null,
    run: pullAnnualReports,
  },
  {
    name: 'list-late-reporters',
    description: 'Enters who filed no annual report by 30 June on the abnormal list (ABN-68-4-1, ABS-69-13, ABC-70-10)',
    // A week after the window, so that sources have passed on the reports of its last days, and within the 10 working days
    // that the law gives (12 to 14 July). Who is found later is entered by hand, with --on.
    cron: '30 3 8-31 7 *',
    run: listLateReportersJob,
  },
  {
    name: 'lift-ended-measures',
    description: 'Requests the lift of measures whose own term is over, such as the bar on a person (JS-05)',
    cron: '20 0 * * *',
    run: liftEndedMeasuresJob,
  },
  {
    name: 'write-snapshot',
    description: 'Writes a full copy of the published lists, checks it against a replay of the log, and publishes it',
    cron: '45 1 * * *',
    run: writeSnapshotJob,
  },
  {
    name: 'forget-old-deliveries',
    description: 'Deletes the history of webhooks that is older than 90 days',
    cron: '40 4 * * *',
    run: forgetOldDeliveriesJob,
  },
]
