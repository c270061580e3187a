import type { Command } from 'commander'
import { parseConfig } from '../config.ts'
import { BrokenChain } from '../feed/chain.ts'
import { restoreFeed } from '../feed/restore.ts'
import { eventsOfFile, readKept, verifyDatabase, verifyFile, verifyService, verifySignature } from '../feed/verify.ts'
import { actorOfCommand } from '../platform/audit.ts'
import { systemClock } from '../platform/clock.ts'
import { rotateSigningKey } from '../platform/signing.ts'
import {
  answer,
  command,
  describeCounts,
  endProgress,
  showProgress,
  UsageError,
  withDatabase,
  write,
} from './terminal.ts'

interface VerifyOptions {
  url?: string
  key?: string
  file?: string
  jwks?: string
  checkpoint?: string
}

/** `signing-key rotate`, `verify-feed` and `restore-feed`. */
export function addFeedCommands(program: Command): void {
  const signingKey = program.command('signing-key').description('Keys by which the service signs')
  command(signingKey, 'rotate', 'Add a key, which signs from the next start of serve on; old ones still verify')
    .addHelpText(
      'after',
      `
The file is that of SIGNING_KEY_FILE, or the one that serve made in DATA_DIR; it is made where there is none. Keys that
sign no longer keep their public half, so that what they signed can be verified for ever. Restart every serve process.`,
    )
    .action(async (_options, self: Command) => {
      const rotated = await rotateSigningKey(parseConfig(process.env))
      answer(self, rotated, () => `Key ${rotated.kid} was added to ${rotated.file}; restart every serve process.`)
    })

  command(program, 'verify-feed', 'Verify the log: every position, the hash chain, signed checkpoints')
    .option('--url <url>', 'verify what a service gives out')
    .option('--key <key>', 'with --url: a key with the scope feed')
    .option('--file <file>', 'verify a saved copy, one event a line')
    .option('--jwks <file or url>', 'the keys; with --url those of the service by default')
    .option('--checkpoint <file>', 'a checkpoint kept from earlier, or one a line, with which the log must agree')
    .addHelpText(
      'after',
      `
Without --url and --file the log in the database is verified. Exits 1 and names the position of the first event that was
altered, left out or moved. Only a checkpoint that was kept elsewhere shows a log that was rewritten from end to end, and
only one shows that the end of a copy is missing: keep them as they come.`,
    )
    .action(async (options: VerifyOptions, self: Command) => {
      const { url, file, key, jwks, checkpoint: checkpoints } = options
      if (url !== undefined && file !== undefined) throw new UsageError('give either --url or --file')
      if (url !== undefined && !URL.canParse(url)) throw new UsageError(`--url ${url} is no URL`)
      try {
        const kept = { jwks, checkpoints }
        const verified =
          url !== undefined
            ? await verifyService(url, { key, ...kept }, showProgress)
            : file !== undefined
              ? await verifyFile(file, kept, showProgress)
              : await withDatabase(({ db }) => verifyDatabase(db, kept, showProgress))
        endProgress()
        answer(
          self,
          { verified: true, ...verified },
          () =>
            `The log is whole up to position ${verified.position}, hash ${verified.hash || '(none)'};\n` +
            (verified.checkpoints > 0
              ? `it agrees with ${verified.checkpoints} signed checkpoint${verified.checkpoints > 1 ? 's' : ''}.`
              : 'no checkpoint was given, so events after that may be missing.'),
        )
      } catch (error) {
        if (error instanceof BrokenChain && self.opts<{ json?: boolean }>().json) {
          write(JSON.stringify({ verified: false, position: error.position, fault: error.message }))
        }
        throw error
      }
    })

  command(
    program,
    'restore-feed',
    'After the database was restored: put back the events that readers hold beyond its end',
  )
    .requiredOption('--file <file>', 'a copy of the log, one event a line, up to the newest event that anybody has')
    .option('--checkpoint <file>', 'signed checkpoints, of which one is that of the newest event')
    .option('--jwks <file or url>', 'the keys by which they are verified')
    .option('--trust', 'take the copy without a checkpoint: it is your own, not that of a reader')
    .addHelpText(
      'after',
      `
Run it before any process of the service is started on the restored database. Positions that readers have seen keep their
meaning, and their chains go on. For each thing that those events told of, the state that the database holds is told again.`,
    )
    .action(async (options: RestoreOptions, self: Command) => {
      const { file, jwks, checkpoint: checkpoints, trust = false } = options
      if ((checkpoints === undefined) === !trust) {
        throw new UsageError('hashes prove an order, not an author: give --checkpoint with --jwks, or --trust')
      }
      const kept = await readKept({ jwks, checkpoints })
      for (const checkpoint of kept.checkpoints) await verifySignature(checkpoint, kept.jwks)
      const proof = trust ? null : kept.checkpoints
      const restored = await withDatabase(({ db }) =>
        restoreFeed(db, eventsOfFile(file), { proof, now: systemClock.now(), actor: actorOfCommand() }),
      )
      answer(self, restored, () => describeCounts(restored))
    })
}

interface RestoreOptions {
  file: string
  checkpoint?: string
  jwks?: string
  trust?: boolean
}
