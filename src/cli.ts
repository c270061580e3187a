import { Command, InvalidArgumentError, Option } from 'commander'
import { z } from 'zod'
import { addFeedCommands } from './commands/feed.ts'
import { addLawCommands } from './commands/law.ts'
import {
  abortedBySignal,
  answer,
  command,
  describeCounts,
  endProgress,
  showProgress,
  tell,
  UsageError,
  withDatabase,
} from './commands/terminal.ts'
import { ConfigError, describeConfig, parseConfig } from './config.ts'
import { runDemo, type DemoLinks } from './demo/demo.ts'
import { BrokenChain } from './feed/chain.ts'
import { VerifyInputError } from './feed/verify.ts'
import { AmendmentError } from './law/service.ts'
import { agencyCodeOf, createKey, createPartner, UnknownPartnerError } from './partners/service.ts'
import { rebuildEntries } from './listings/service.ts'
import { partnerKinds, scopes } from './partners/vocabulary.ts'
import { systemClock } from './platform/clock.ts'
import { faultOf, UnusableDatabaseError } from './platform/db.ts'
import { JobError, runJob, type Job, type JobRun } from './platform/jobs.ts'
import { version } from './platform/project.ts'
import { SourceError } from './platform/http-client.ts'
import { serveUntilStopped, type StartSchedule } from './serve.ts'
import { FileError } from './sources/files.ts'
import { importFile, type RecordCounts } from './sources/service.ts'
import { collections, type Collection } from './sources/vocabulary.ts'

/** What the command line needs of the jobs, which `src` does not import. */
export interface Jobs {
  jobs: readonly Job[]
  startSchedule: StartSchedule
}

/** Runs the command line. Sets the exit code: 0 done, 1 failed or bad input. */
export async function runCli(argv: string[], { jobs, startSchedule }: Jobs): Promise<void> {
  const program = new Command('xinjian')
    .description('Xinjian (信鉴): credit files and joint sanctions for online business')
    .version(version)
    .addHelpText(
      'after',
      `
Settings come from the environment; xinjian config lists them with their values. Without DATABASE_URL a command uses an
embedded PostgreSQL. Every command brings the database schema up to date first. Days are days in Asia/Shanghai.`,
    )
  command(program, 'serve', 'Serve the API and the pages, sequence the feed and run the scheduled jobs').action(
    async (_options, self: Command) => {
      const config = parseConfig(process.env)
      await serveUntilStopped(config, startSchedule, ({ address }) =>
        answer(self, { address }, () => `Xinjian listens on ${address}`),
      )
    },
  )

  command(program, 'demo', 'Serve a made-up sample province from an embedded database (npm start)').action(
    async (_options, self: Command) => {
      await runDemo(jobs, startSchedule, (started) =>
        answer(self, started, () =>
          'docs' in started ? describeLinks(started) : `Xinjian listens on ${started.address}`,
        ),
      )
    },
  )

  command(program, 'migrate', 'Bring the database schema up to date').action(async (_options, self: Command) => {
    await withDatabase(async () => {
      answer(self, { migrated: true }, () => 'The database is up to date.')
    })
  })

  const runByHand = async (name: string, on?: string): Promise<JobRun> => {
    const found = jobs.find((candidate) => candidate.name === name)
    if (found === undefined) throw new UsageError(`there is no job ${name}; xinjian job list names all`)
    return withDatabase(async (database, config) => {
      const run = await runJob(found, {
        signal: abortedBySignal(),
        database,
        config,
        clock: systemClock,
        on,
        onProgress: showProgress,
      })
      endProgress()
      // Only a slot of the schedule is left out.
      if (run === null) throw new JobError(`${name} did not run`)
      return run
    })
  }
  const job = program.command('job').description('Run and list the jobs')
  command(job, 'run <name>', `Run a job now: ${jobs.map(({ name }) => name).join(', ')}`)
    .option('--on <date>', 'act as if this day (YYYY-MM-DD, in Asia/Shanghai) were today', parseDay)
    .action(async (name: string, options: { on?: string }, self: Command) => {
      const run = await runByHand(name, options.on)
      answer(self, run, () => `${name} succeeded for ${run.on}\n${describeCounts(run.counts)}`)
    })
  command(job, 'list', 'List the jobs with their schedules').action((_options, self: Command) => {
    const list = jobs.map(({ name, description, cron }) => ({ name, description, cron, timeZone: 'Asia/Shanghai' }))
    answer(self, list, () =>
      list.map((item) => `${item.name}  (${item.cron}, Asia/Shanghai)\n    ${item.description}`).join('\n'),
    )
  })

  command(
    program,
    'import <collection> <files...>',
    `Import records from files; a collection is ${collections.join(' or ')}`,
  )
    .addHelpText(
      'after',
      `
Files end in .ndjson, .jsonl, .csv or .tsv and are in UTF-8 or GB 18030; annual reports come as NDJSON. Fields and column
heads are those of the source protocol: sourceId, updatedAt, uscc, name, … Records that cannot be taken are kept in
quarantine with the reason, and counted in the answer.`,
    )
    .action(async (collection: string, files: string[], _options, self: Command) => {
      if (!(collections as readonly string[]).includes(collection)) {
        throw new UsageError(`there is no collection ${collection}; there are ${collections.join(', ')}`)
      }
      await withDatabase(async ({ db }) => {
        const results: (RecordCounts & { file: string })[] = []
        for (const file of files) {
          const counts = await importFile(db, collection as Collection, file, {
            now: () => systemClock.now(),
            onProgress: showProgress,
          })
          endProgress()
          results.push({ file, ...counts })
        }
        answer(self, results.length === 1 ? (results[0] ?? {}) : results, () =>
          results.map(({ file, ...counts }) => `${file}\n${describeCounts(counts)}`).join('\n'),
        )
      })
    })

  command(program, 'snapshot', 'Write a full copy of the lists and publish it, as the job write-snapshot does').action(
    async (_options, self: Command) => {
      const { counts } = await runByHand('write-snapshot')
      answer(self, counts, () => `The snapshot is published\n${describeCounts(counts)}`)
    },
  )
  command(program, 'rebuild-projections', 'Make the list entries anew from the decisions').action(
    async (_options, self: Command) => {
      await withDatabase(async ({ db }) => {
        const counts = await rebuildEntries(db, { onProgress: showProgress, signal: abortedBySignal() })
        endProgress()
        answer(self, counts, () => describeCounts(counts))
      })
    },
  )

  const partner = program.command('partner').description('Agencies, platforms and staff')
  command(partner, 'create', 'Register a partner')
    .requiredOption('--name <name>', 'its name (required)', parseName)
    .addOption(new Option('--kind <kind>', 'what it is (required)').choices(partnerKinds).makeOptionMandatory())
    .option('--agency <code>', 'code or name of the agency, for one that receives sanction orders', parseName)
    .addHelpText(
      'after',
      `
Agencies go by code or Chinese name, e.g. mof, 财政部, samr, 市场监管总局; a body of 2015 leads to its successor. All codes
are in docs/partners/agencies.md.`,
    )
    .action(async (options: { name: string; kind: (typeof partnerKinds)[number]; agency?: string }, self: Command) => {
      if (options.agency !== undefined && agencyCodeOf(options.agency) === null) {
        tell(`xinjian: no measure is addressed to an agency ${options.agency}: it will get no orders`)
      }
      await withDatabase(async ({ db }) => {
        const created = await createPartner(db, { ...options, agencyCode: options.agency }, systemClock.now())
        answer(self, created, () => `Partner ${created.name} (${created.kind}): ${created.id}`)
      })
    })

  const key = program.command('key').description('Keys of partners')
  command(key, 'create', 'Issue a key; it is shown this once')
    .requiredOption('--partner <id>', 'id of the partner, which `partner create` prints (required)', parseUuid)
    .requiredOption('--scope <scope...>', `what the key may do (required): ${scopes.join(', ')}`, collectScope)
    .action(async (options: { partner: string; scope: (typeof scopes)[number][] }, self: Command) => {
      await withDatabase(async ({ db }) => {
        const { partner: partnerId, scope } = options
        const created = await createKey(db, { partnerId, scopes: scope }, systemClock.now())
        answer(
          self,
          created,
          () => `Key ${created.id} (${created.scopes.join(', ')}), shown this once:\n${created.key}`,
        )
      })
    })

  addLawCommands(program)
  addFeedCommands(program)

  command(program, 'config', 'Print the settings, which come from the environment alone').action(
    (_options, self: Command) => {
      const settings = describeConfig(parseConfig(process.env))
      answer(self, settings, () =>
        settings.map(({ name, value, description }) => `${name}=${value ?? ''}\n    ${description}`).join('\n'),
      )
    },
  )

  try {
    await program.parseAsync(argv)
  } catch (error) {
    endProgress()
    const told = describeFault(error)
    if (told === null) throw error
    tell(`xinjian: ${told}`)
    process.exitCode = 1
  }
}

function parseDay(text: string): string {
  if (!z.iso.date().safeParse(text).success) throw new InvalidArgumentError('It must be a day such as 2026-07-01.')
  return text
}

function parseUuid(text: string): string {
  if (!z.uuid().safeParse(text).success)
    throw new InvalidArgumentError('It must be the id that `partner create` printed.')
  return text
}

function parseName(text: string): string {
  if (text.trim() === '') throw new InvalidArgumentError('It must not be empty.')
  return text.trim()
}

function collectScope(scope: string, before: string[] = []): string[] {
  if (!(scopes as readonly string[]).includes(scope)) {
    throw new InvalidArgumentError(`Allowed scopes are ${scopes.join(', ')}.`)
  }
  return [...before, scope]
}

/** The one line that tells a fault of the input or the surroundings; null for a bug, which keeps its stack. */
function describeFault(error: unknown): string | null {
  const kinds = [
    ...[UsageError, AmendmentError, ConfigError, FileError, JobError, UnknownPartnerError, UnusableDatabaseError],
    ...[BrokenChain, VerifyInputError, SourceError],
  ]
  const { message, code } = faultOf(error)
  // The operating system and PostgreSQL have codes, and say in one line what they could not do.
  return code !== null || kinds.some((kind) => error instanceof kind) ? message || code : null
}

function describeLinks({ listedBusiness, docs, feed, feedCall, signIn, keys }: DemoLinks): string {
  return `
  A listed business  ${listedBusiness}
  API documentation  ${docs}
  The feed           ${feed}

  Read the feed:     ${feedCall}

  Sign in            ${signIn}
    as a clerk       ${keys.clerk}
    as a colleague   ${keys.chief}
    as an agency     ${keys.agency}
    as a platform    ${keys.platform}

  Everything in it is made up. Stop with Ctrl+C.
`
}
