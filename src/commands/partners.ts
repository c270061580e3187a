import { InvalidArgumentError, Option, type Command } from 'commander'
import { z } from 'zod'
import { readNetwork } from '../platform/addresses.ts'
import { actorOfCommand } from '../platform/audit.ts'
import { systemClock } from '../platform/clock.ts'
import { joinsDuties } from '../partners/domain.ts'
import { listKeys, listPartners } from '../partners/repository.ts'
import { agencyCodeOf, changePartner, createKey, createPartner, revokeKey, rotateKey } from '../partners/service.ts'
import { partnerKinds, scopes } from '../partners/vocabulary.ts'
import { answer, command, tell, UsageError, withDatabase } from './terminal.ts'

/** More than any installation has. */
const all = 100_000

const changeNow = () => ({ actor: actorOfCommand(), now: systemClock.now() })

/** `partner create`, `list`, `suspend`, `resume`. */
export function addPartnerCommands(program: Command): void {
  const partner = program.command('partner').description('Agencies, platforms and staff')
  command(partner, 'create', 'Register a partner')
    .requiredOption('--name <name>', 'its name (required)', parseName)
    .addOption(new Option('--kind <kind>', 'what it is (required)').choices(partnerKinds).makeOptionMandatory())
    .option('--agency <code>', 'code or name of the agency, for one that receives sanction orders', parseName)
    .option('--subject <sub>', 'for staff: `sub` of the person at the identity provider (OIDC_ISSUER)', parseName)
    .addHelpText(
      'after',
      `
Agencies go by code or Chinese name, e.g. mof, 财政部, samr, 市场监管总局; a body of 2015 leads to its successor. All codes
are in docs/partners/agencies.md. One person of staff is one partner, whatever they sign in with: that is how the service
knows that two people decide.`,
    )
    .action(
      async (
        options: { name: string; kind: (typeof partnerKinds)[number]; agency?: string; subject?: string },
        self: Command,
      ) => {
        const { name, kind, agency, subject } = options
        if (agency !== undefined && agencyCodeOf(agency) === null) {
          tell(`xinjian: no measure is addressed to an agency ${agency}: it will get no orders`)
        }
        if (subject !== undefined && kind !== 'staff') throw new UsageError('--subject is for --kind staff')
        await withDatabase(async ({ db }, { OIDC_ISSUER: issuer }) => {
          if (subject !== undefined && issuer === undefined) throw new UsageError('--subject needs OIDC_ISSUER')
          const oidc = subject === undefined || issuer === undefined ? undefined : { issuer, subject }
          const { actor, now } = changeNow()
          const created = await createPartner(db, { name, kind, agencyCode: agency, oidc }, now, actor)
          answer(self, created, () => `Partner ${created.name} (${created.kind}): ${created.id}`)
        })
      },
    )
  command(partner, 'list', 'List the partners')
    .addOption(new Option('--kind <kind>', 'only these').choices(partnerKinds))
    .action(async ({ kind }: { kind?: (typeof partnerKinds)[number] }, self: Command) => {
      await withDatabase(async ({ db }) => {
        const partners = await listPartners(db, { kind }, null, all)
        answer(self, partners, () =>
          partners
            .map((one) => `${one.id}  ${one.kind}  ${one.name}${one.suspendedAt === null ? '' : '  (suspended)'}`)
            .join('\n'),
        )
      })
    })
  for (const [verb, suspended] of [
    ['suspend', true],
    ['resume', false],
  ] as const) {
    command(
      partner,
      `${verb} <id>`,
      suspended ? 'Stop all keys of a partner at once' : 'Let a suspended partner back in',
    ).action(async (given: string, _options, self: Command) => {
      const id = idOf(given)
      await withDatabase(async ({ db }) => {
        const changed = await db.transaction((tx) => changePartner(tx, id, { suspended }, changeNow()))
        answer(self, changed, () => `${changed.name} is ${suspended ? 'suspended' : 'let back in'}`)
      })
    })
  }
  addKeyCommands(program)
}

interface KeyOptions {
  partner: string
  scope: (typeof scopes)[number][]
  expires?: Date
  network?: string[]
  label?: string
}

/** `key create`, `list`, `revoke`, `rotate`. */
function addKeyCommands(program: Command): void {
  const key = program.command('key').description('Keys of partners')
  command(key, 'create', 'Issue a key; it is shown this once')
    .requiredOption('--partner <id>', 'id of the partner, which `partner create` prints (required)', parseUuid)
    .requiredOption('--scope <scope...>', `what the key may do (required): ${scopes.join(', ')}`, collectScope)
    .option('--expires <instant>', 'when it stops, e.g. 2027-01-01T00:00:00+08:00', parseInstant)
    .option('--network <cidr...>', 'networks from which it works, e.g. 203.0.113.0/24; everywhere without', addNetwork)
    .option('--label <label>', 'what its holder calls it', parseName)
    .action(async (options: KeyOptions, self: Command) => {
      const { partner: partnerId, scope, expires: expiresAt, network: networks, label } = options
      if (joinsDuties(scope)) {
        tell('xinjian: whoever holds this key both gives out keys and approves decisions; two keys keep that apart')
      }
      await withDatabase(async ({ db }) => {
        const { actor, now } = changeNow()
        const created = await createKey(db, { partnerId, scopes: scope, expiresAt, networks, label }, now, actor)
        answer(
          self,
          created,
          () => `Key ${created.id} (${created.scopes.join(', ')}), shown this once:\n${created.key}`,
        )
      })
    })
  command(key, 'list', 'List keys, without their secrets')
    .option('--partner <id>', 'only those of this partner', parseUuid)
    .action(async ({ partner }: { partner?: string }, self: Command) => {
      await withDatabase(async ({ db }) => {
        const keys = await listKeys(db, partner ?? null, null, all)
        answer(self, keys, () => keys.map(describeKey).join('\n'))
      })
    })
  command(key, 'revoke <id>', 'Revoke a key: it stops at once, and for ever').action(
    async (given: string, _options, self: Command) => {
      const id = idOf(given)
      await withDatabase(async ({ db }) => {
        const revoked = await db.transaction((tx) => revokeKey(tx, id, changeNow()))
        answer(self, revoked, () => `Key ${revoked.id} is revoked`)
      })
    },
  )
  command(key, 'rotate <id>', 'Make a key with the same rights, shown this once; the old one works on for a while')
    .option('--overlap-hours <hours>', 'how long', parseHours, 24)
    .action(async (given: string, { overlapHours }: { overlapHours: number }, self: Command) => {
      const id = idOf(given)
      await withDatabase(async ({ db }) => {
        const made = await db.transaction((tx) => rotateKey(tx, id, overlapHours, changeNow()))
        answer(
          self,
          { id: made.id, key: made.key, scopes: made.scopes },
          () =>
            `Key ${made.id} follows ${id}, which works for ${overlapHours} hours more. Shown this once:\n${made.key}`,
        )
      })
    })
}

type Listed = Awaited<ReturnType<typeof listKeys>>[number]

function describeKey({ id, scopes: held, label, expiresAt, networks, lastUsedAt, revokedAt }: Listed): string {
  const parts = [
    label,
    held.join(', '),
    networks.length > 0 && `from ${networks.join(', ')}`,
    expiresAt !== null && `until ${expiresAt}`,
    `last used ${lastUsedAt ?? 'never'}`,
    revokedAt !== null && `revoked ${revokedAt}`,
  ]
  return [id, ...parts.filter((part) => typeof part === 'string')].join('  ')
}

function parseUuid(text: string): string {
  if (!z.uuid().safeParse(text).success)
    throw new InvalidArgumentError('It must be the id that `partner create` or `key create` printed.')
  return text
}

/** The id that a command was given as its argument. */
function idOf(text: string): string {
  if (z.uuid().safeParse(text).success) return text
  throw new UsageError(`${text} is not an id as \`partner list\` and \`key list\` print them`)
}

function parseName(text: string): string {
  if (text.trim() === '') throw new InvalidArgumentError('It must not be empty.')
  return text.trim()
}

function parseInstant(text: string): Date {
  if (!z.iso.datetime({ offset: true }).safeParse(text).success) {
    throw new InvalidArgumentError('It must be a moment with its zone, such as 2027-01-01T00:00:00+08:00.')
  }
  return new Date(text)
}

function parseHours(text: string): number {
  const hours = Number(text)
  if (text.trim() === '' || !(hours >= 0 && hours <= 720)) throw new InvalidArgumentError('It must be 0 to 720 hours.')
  return hours
}

function addNetwork(text: string, before: string[] = []): string[] {
  const network = readNetwork(text)
  if (network === null) throw new InvalidArgumentError('It must be a network such as 203.0.113.0/24 or 2001:db8::/32.')
  return [...before, network]
}

function collectScope(scope: string, before: string[] = []): string[] {
  if (!(scopes as readonly string[]).includes(scope)) {
    throw new InvalidArgumentError(`Allowed scopes are ${scopes.join(', ')}.`)
  }
  return [...before, scope]
}
