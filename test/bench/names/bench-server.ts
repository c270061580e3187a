/** A server of the bench `credit-file` in a process of its own: the service, a constant, or PostGraphile. Tells its address. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import Fastify from 'fastify'
import { buildApp } from '../../../src/app.ts'
import { parseConfig } from '../../../src/config.ts'
import { startFeedListener } from '../../../src/feed/listener.ts'
import { systemClock } from '../../../src/platform/clock.ts'
import { openDatabase } from '../../../src/platform/db.ts'
import { generateSigningKey, signingWith } from '../../../src/platform/signing.ts'

const [kind, url = '', content = ''] = process.argv.slice(2)

if (kind === 'service') {
  const { db } = openDatabase(url)
  const app = await buildApp({
    db,
    config: parseConfig({ RATE_LIMIT: 'off' }),
    clock: systemClock,
    listener: startFeedListener(url),
    signing: await signingWith([await generateSigningKey()]),
    publicUrl: () => 'https://credit.example',
  })
  tell(await app.listen({ port: 0, host: '127.0.0.1' }))
} else if (kind === 'constant') {
  const app = Fastify()
  app.get('/', (_request, reply) => reply.type('application/json; charset=utf-8').send(content))
  tell(await app.listen({ port: 0, host: '127.0.0.1' }))
} else {
  const { postgraphile } = await import('postgraphile')
  const server = createServer(
    postgraphile(url, 'public', { ignoreRBAC: true, disableDefaultMutations: true, disableQueryLog: true }) as never,
  )
  server.listen(0, '127.0.0.1', () => tell(`http://127.0.0.1:${String((server.address() as AddressInfo).port)}`))
}

function tell(address: string): void {
  process.send?.(address)
}
