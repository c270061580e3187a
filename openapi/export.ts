import { readFile, writeFile } from 'node:fs/promises'
import { format, resolveConfig } from 'prettier'
import { buildApp } from '../src/app.ts'
import { parseConfig } from '../src/config.ts'
import { startFeedListener } from '../src/feed/listener.ts'
import { systemClock } from '../src/platform/clock.ts'
import { openDatabase } from '../src/platform/db.ts'
import { generateSigningKey, signingWith } from '../src/platform/signing.ts'

/** Writes the OpenAPI document that the routes' schemas make, or with `--check` tells whether the committed one is that. */
const file = new URL('openapi.json', import.meta.url)

// Nothing connects before the first query, and there is none.
const database = openDatabase('postgres://nobody@127.0.0.1:1/none')
const listener = startFeedListener(database.url)
const app = await buildApp({
  db: database.db,
  config: parseConfig({}),
  clock: systemClock,
  listener,
  signing: await signingWith([await generateSigningKey()]),
  publicUrl: () => 'https://credit.example',
})
await app.ready()
const document = await format(JSON.stringify(app.swagger()), { ...(await resolveConfig(file)), parser: 'json' })
await app.close()
await database.close()

if (!process.argv.includes('--check')) await writeFile(file, document)
else if ((await readFile(file, 'utf8').catch(() => '')) !== document) {
  process.stderr.write('openapi/openapi.json differs from what the routes say: run npm run openapi and commit it\n')
  process.exitCode = 1
}
