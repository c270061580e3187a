import type { Command } from 'commander'
import { BrokenAuditLog, verifyAudit } from '../audit/service.ts'
import { defaultRoles, grantRoles } from '../platform/roles.ts'
import { answer, command, endProgress, showProgress, UsageError, withDatabase, write } from './terminal.ts'

/** `verify-audit` and `roles`. */
export function addAuditCommands(program: Command): void {
  command(program, 'verify-audit', 'Verify the audit log: every place, the hash chain, no entry put in or taken out')
    .option('--head <position:hash>', 'a head kept from earlier, with which the log must agree')
    .addHelpText(
      'after',
      `
Exits 1 and names the first place at which the log is not what was written. It prints the head: keep it elsewhere, since
only that shows a log that was rewritten from end to end, or cut off at its end.`,
    )
    .action(async ({ head: kept }: { head?: string }, self: Command) => {
      const head = kept === undefined ? null : readHead(kept)
      try {
        const verified = await withDatabase(({ db }) => verifyAudit(db, head, showProgress))
        endProgress()
        const { position, hash, pending } = verified
        answer(
          self,
          { verified: true, ...verified },
          () => `The audit log is whole up to ${position}:${hash || '(none)'}; ${pending} await their place.`,
        )
      } catch (error) {
        if (error instanceof BrokenAuditLog && self.opts<{ json?: boolean }>().json) {
          write(JSON.stringify({ verified: false, position: error.position, fault: error.message }))
        }
        throw error
      }
    })

  command(program, 'roles', 'Give the database roles of the service their rights, making those that are not there')
    .option('--serve <role>', 'the role of serve and of the jobs', defaultRoles.serve)
    .option('--read <role>', 'the role that only reads', defaultRoles.read)
    .addHelpText(
      'after',
      `
Run it with the DATABASE_URL of the owner of the schema; run serve with that of the serve role, which can add to the
append-only tables (the audit log, the feed, decisions and others) but not change them. docs/operating/access.md.`,
    )
    .action(async (roles: { serve: string; read: string }, self: Command) => {
      if (roles.serve === roles.read) throw new UsageError('--serve and --read must be two roles')
      await withDatabase(async ({ db }) => {
        const appendOnly = await grantRoles(db, { serve: roles.serve, read: roles.read }, { create: true })
        answer(
          self,
          { serve: roles.serve, read: roles.read, appendOnly },
          () => `${roles.serve} can only add to: ${appendOnly.join(', ')}`,
        )
      })
    })
}

function readHead(text: string): { position: number; hash: string } {
  const [, position, hash] = /^(\d{1,15}):([0-9a-f]{64})$/.exec(text) ?? []
  if (position !== undefined && hash !== undefined) return { position: Number(position), hash }
  throw new UsageError(`--head ${text} is not a position and a hash, as verify-audit prints them`)
}
