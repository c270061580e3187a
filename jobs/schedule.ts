import type { Job } from '../src/platform/jobs.ts'
import { checkWebPresencesJob } from './check-web-presences.ts'
import { endPublicationJob } from './end-publication.ts'
import { expireTermsJob } from './expire-terms.ts'
import { liftEndedMeasuresJob } from './lift-ended-measures.ts'
import { forgetOldDeliveriesJob } from './forget-old-deliveries.ts'
import { forgetOldRawBytesJob } from './forget-old-raw-bytes.ts'
import { forgetOldRunsJob } from './forget-old-runs.ts'
import { importFiles } from './import-files.ts'
import { listLateReportersJob } from './list-late-reporters.ts'
import { promoteToSeriousJob } from './promote-to-serious.ts'
import { reportOverdueStepsJob } from './report-overdue-steps.ts'
import { sendSixtyDayNoticesJob } from './send-sixty-day-notices.ts'
import { pullAnnualReports } from './pull-annual-reports.ts'
import { makePartitionsJob } from './make-partitions.ts'
import { needsSource } from './pull-collection.ts'
import { pullIcpFilings } from './pull-icp-filings.ts'
import { pullPenalties } from './pull-penalties.ts'
import { pullPlatformSellers } from './pull-platform-sellers.ts'
import { pullSubjects } from './pull-subjects.ts'
import { writeSnapshotJob } from './write-snapshot.ts'

/** Every job, and when it runs: minute, hour, day, month, weekday in Asia/Shanghai. */
export const jobs: readonly Job[] = [
  {
    name: 'pull-subjects',
    description: 'Pulls the registry of businesses from SOURCE_SUBJECTS_URL',
    cron: '5 * * * *',
    canDryRun: true,
    notReady: needsSource('subjects'),
    run: pullSubjects,
  },
  {
    name: 'pull-annual-reports',
    description: 'Pulls annual reports and their web information from SOURCE_ANNUAL_REPORTS_URL',
    cron: '15 * * * *',
    canDryRun: true,
    notReady: needsSource('annual-reports'),
    run: pullAnnualReports,
  },
  {
    name: 'pull-penalties',
    description: 'Pulls penalty decisions from SOURCE_PENALTIES_URL and publishes them',
    cron: '25 * * * *',
    canDryRun: true,
    notReady: needsSource('penalties'),
    run: pullPenalties,
  },
  {
    name: 'pull-icp-filings',
    description: 'Pulls the filings of sites from SOURCE_ICP_FILINGS_URL',
    cron: '35 4 * * *',
    canDryRun: true,
    notReady: needsSource('icp-filings'),
    run: pullIcpFilings,
  },
  {
    name: 'pull-platform-sellers',
    description: 'Pulls what platforms report of their sellers each January and July from SOURCE_PLATFORM_SELLERS_URL',
    // Each day of the months in which they report (电子商务法 art 28): they do not all report on one.
    cron: '45 5 * 1,7 *',
    canDryRun: true,
    notReady: needsSource('platform-sellers'),
    run: pullPlatformSellers,
  },
  {
    name: 'import-files',
    description: 'Takes the files in IMPORT_DIR/<collection>/ that are whole, and puts them away with a receipt',
    cron: '*/5 * * * *',
    canDryRun: true,
    notReady: (config) => (config.IMPORT_DIR === undefined ? 'set IMPORT_DIR to the folder of the files' : null),
    run: importFiles,
  },
  {
    name: 'list-late-reporters',
    description: 'Enters who filed no annual report by 30 June on the abnormal list (ABN-68-4-1, ABS-69-13, ABC-70-10)',
    // A week after the window, so that sources have passed on the reports of its last days, and within the 10 working days
    // that the law gives (12 to 14 July). Who is found later is entered by hand, with --on.
    cron: '30 3 8-31 7 *',
    canDryRun: true,
    run: listLateReportersJob,
  },
  {
    name: 'send-sixty-day-notices',
    description:
      'Gives notice in the 60 days before the third anniversary of an entry (令68 art 15); until 2024-04-30 only',
    cron: '5 0 * * *',
    canDryRun: true,
    run: sendSixtyDayNoticesJob,
  },
  {
    name: 'promote-to-serious',
    description:
      'Enters who stayed on the abnormal list for three years on the serious-violator list; until 2024-04-30 only',
    cron: '10 0 * * *',
    canDryRun: true,
    run: promoteToSeriousJob,
  },
  {
    name: 'expire-terms',
    description:
      'Removes entries of the serious-violator list whose term is over and that end by themselves (令44 art 21)',
    cron: '20 0 * * *',
    canDryRun: true,
    run: expireTermsJob,
  },
  {
    name: 'end-publication',
    description: 'Withdraws entries and penalties from view whose publication period is over',
    cron: '30 0 * * *',
    canDryRun: true,
    run: endPublicationJob,
  },
  {
    name: 'report-overdue-steps',
    description: 'Counts decisions, objections and repairs that wait longer than the law allows',
    cron: '0 7 * * *',
    canDryRun: true,
    run: reportOverdueStepsJob,
  },
  {
    name: 'lift-ended-measures',
    description: 'Requests the lift of measures whose own term is over, such as the bar on a person (JS-05)',
    cron: '20 0 * * *',
    canDryRun: true,
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
    canDryRun: true,
    run: forgetOldDeliveriesJob,
  },
  {
    name: 'check-web-presences',
    description: 'Visits filed sites and shops: whether they answer and display their licence (电子商务法 art 15)',
    // A run takes what is due and may last; the slots meanwhile are left out.
    cron: '40 * * * *',
    notReady: (config) =>
      config.PUBLIC_URL === undefined ? 'set PUBLIC_URL, by which whoever runs a site learns who visits it' : null,
    run: checkWebPresencesJob,
  },
  {
    name: 'forget-old-raw-bytes',
    description: 'Deletes the bytes of sources that are older than RAW_RETENTION_DAYS',
    cron: '50 4 * * *',
    canDryRun: true,
    run: forgetOldRawBytesJob,
  },
  {
    name: 'forget-old-runs',
    description: 'Deletes runs of jobs, with their logs, that ended more than 400 days ago',
    cron: '55 4 * * *',
    canDryRun: true,
    run: forgetOldRunsJob,
  },
  {
    name: 'make-partitions',
    description: 'Makes the next ranges of the log and the next year of annual reports before they are needed',
    // Twice an hour: it gives up at once while a long reader is in its way, and has nothing to do nearly always.
    cron: '10,40 * * * *',
    canDryRun: true,
    run: makePartitionsJob,
  },
]
