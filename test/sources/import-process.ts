import { jobs } from '../../jobs/schedule.ts'
import { parseConfig } from '../../src/config.ts'
import { openDatabase } from '../../src/platform/db.ts'
import { runJob } from '../../src/platform/jobs.ts'

/** A process that runs `import-files` once, to be killed in the middle of it. */
const [url = '', folder = '', at = ''] = process.argv.slice(2)
const job = jobs.find(({ name }) => name === 'import-files')
const config = parseConfig({ IMPORT_DIR: folder })
if (job !== undefined) await runJob(job, { database: openDatabase(url), config, clock: { now: () => new Date(at) } })
