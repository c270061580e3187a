import { Command } from 'commander'
import { addAuditCommands } from './commands/audit.ts'
import { addFeedCommands } from './commands/feed.ts'
import { addImportCommand } from './commands/import.ts'
import { addJobCommands, runByHand } from './commands/jobs.ts'
import { addLawCommands } from './commands/law.ts'
import { addSourceCommands } from './commands/sources.ts'
import { addPartnerCommands } from './commands/partners.ts'
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
import type { DemoLinks } from './demo/demo.ts'
import { BrokenChain } from './feed/chain.ts'
import { RestoreError } from './feed/restore.ts'
import { VerifyInputError } from './feed/verify.ts'
import { AmendmentError } from './law/service.ts'
import { BrokenAuditLog } from './audit/service.ts'
import { UnknownPartnerError } from './partners/service.ts'
import { rebuildEntries } from './listings/service.ts'
import { systemClock } from './platform/clock.ts'
import { faultOf, UnusableDatabaseError } from './platform/db.ts'
import { actorOfCommand, recordAudit } from './platform/audit.ts'
import { JobError } from './platform/jobs.ts'
import { Problem } from './platform/problem.ts'
import { version } from './platform/project.ts'
import { grantToExistingRoles } from './platform/roles.ts'
import { SourceError } from './platform/http-client.ts'
import type { Jobs } from './serve.ts'
import { FileError } from './sources/file-record.ts'

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
      // Half of all that there is: loaded by the commands that need it.
      const { serveUntilStopped } = await import('./serve.ts')
      await serveUntilStopped(config, { jobs, startSchedule }, ({ address }) =>
        answer(self, { address }, () => `Xinjian listens on ${address}`),
      )
    },
  )

  command(program, 'demo', 'Serve a made-up sample province from an embedded database (npm start)').action(
    async (_options, self: Command) => {
      const { runDemo } = await import('./demo/demo.ts')
      await runDemo({ jobs, startSchedule }, (started) =>
        answer(self, started, () =>
          'docs' in started ? describeLinks(started) : `Xinjian listens on ${started.address}`,
        ),
      )
    },
  )

  command(program, 'migrate', 'Bring the database schema up to date').action(async (_options, self: Command) => {
    await withDatabase(async ({ db }) => {
      // What the migration made new is not yet open to the roles of the service.
      const granted = await grantToExistingRoles(db)
      answer(self, { migrated: true, granted }, () => 'The database is up to date.')
    })
  })

  addJobCommands(program, jobs)
  addImportCommand(program)

  command(program, 'snapshot', 'Write a full copy of the lists and publish it, as the job write-snapshot does').action(
    async (_options, self: Command) => {
      const { counts } = await runByHand(jobs, 'write-snapshot')
      answer(self, counts, () => `The snapshot is published\n${describeCounts(counts)}`)
    },
  )
  command(program, 'rebuild-projections', 'Make the list entries anew from the decisions').action(
    async (_options, self: Command) => {
      await withDatabase(async ({ db }) => {
        const counts = await rebuildEntries(db, { onProgress: showProgress, signal: abortedBySignal() })
        endProgress()
        const done = { actor: actorOfCommand(), objectId: null, details: { counts } }
        await recordAudit(db, { action: 'projection.rebuilt', ...done, at: systemClock.now() })
        answer(self, counts, () => describeCounts(counts))
      })
    },
  )

  addPartnerCommands(program)
  addAuditCommands(program)
  addLawCommands(program)
  addFeedCommands(program)
  addSourceCommands(program)

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

/** The one line that tells a fault of the input or the surroundings; null for a bug, which keeps its stack. */
function describeFault(error: unknown): string | null {
  const kinds = [
    ...[UsageError, AmendmentError, ConfigError, FileError, JobError, UnknownPartnerError, UnusableDatabaseError],
    ...[BrokenAuditLog, BrokenChain, RestoreError, VerifyInputError, SourceError, Problem],
  ]
  const { message, code } = faultOf(error)
  // The operating system and PostgreSQL have codes, and say in one line what they could not do.
  return code !== null || kinds.some((kind) => error instanceof kind) ? message || code : null
}

function describeLinks(links: DemoLinks): string {
  const { listedBusiness, seriousViolator, shopLink, docs, feed, feedCall, signIn, keys } = links
  return `
  A listed business  ${listedBusiness}
  A serious violator ${seriousViolator}
                     (paste its shop into the search box: ${shopLink})
  API documentation  ${docs}
  The feed           ${feed}

  Read the feed:     ${feedCall}

  Sign in            ${signIn}
    as a clerk       ${keys.clerk}
    as a colleague   ${keys.chief}
    as an agency     ${keys.agency}
    as a platform    ${keys.platform}
    to administer    ${keys.admin}

  Everything in it is made up. Stop with Ctrl+C.
`
}
