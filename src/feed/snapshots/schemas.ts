import { z } from 'zod'
import { copies } from '../state.ts'

/** Names of the files of a snapshot: they, and no path, are what a request can name. */
const fileNames = copies.map(({ name }) => `${name}.ndjson.gz` as const)

const sha256 = z.string().regex(/^[0-9a-f]{64}$/)

const snapshotFile = z.object({
  name: z.enum(fileNames),
  url: z.string().meta({ description: 'Where the file is, relative to the service; takes ranged requests' }),
  bytes: z.int().min(0),
  sha256,
  rows: z.int().min(0),
})

/** What a snapshot says of itself, and its signature covers. */
export const statement = z.object({
  id: z.uuid(),
  position: z.int().min(0).meta({ description: 'The files hold what every event up to this position makes together' }),
  hash: z.string().meta({ description: 'Hash of the event at that position, with which the chain goes on' }),
  createdAt: z.iso.datetime(),
  files: z.array(snapshotFile),
  stateDigest: sha256.meta({
    description:
      'SHA-256 over the RFC 8785 form of each line of the files and a newline, in the order of the files; equal for whoever replays the log up to the position',
  }),
})
export type Statement = z.output<typeof statement>

export const manifest = statement
  .extend({
    signature: z.string().meta({ description: 'Compact JWS (EdDSA) whose payload is the manifest without it' }),
  })
  .meta({
    id: 'SnapshotManifest',
    description:
      'A line of a file is `{type, subject, sequence, data}` of the newest event of an entry, penalty, honour, or of the sanctions of an entry, as the feed told it',
  })
export type Manifest = z.output<typeof manifest>

export const snapshotParameters = z.strictObject({ id: z.uuid() })
export const fileParameters = z.strictObject({ id: z.uuid(), name: z.enum(fileNames) })
