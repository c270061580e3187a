import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { copyFile, rm, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Database } from '../../src/platform/db.ts'
import { createKey, createPartner } from '../../src/partners/service.ts'
import { appendEvents } from '../../src/feed/service.ts'
import { serve, stop, type Serving } from '../cli/cli.ts'
import { cloneDatabase } from '../support/database.ts'
import { pendingEvent } from '../support/events.ts'
import { makeServerFolder } from '../support/folder.ts'
import { textOf } from './files.ts'

const isHere = (() => {
  try {
    execFileSync('nginx', ['-v'], { stdio: 'ignore' })
    return true
  } catch {
    process.stdout.write('nginx is not here: deploy/nginx/nginx.conf was not tried\n')
    return false
  }
})()

describe.skipIf(!isHere)('nginx in front of two processes', () => {
  let database: Database
  let backends: Serving[] = []
  let nginx: ChildProcess | undefined
  let folder: string
  let port: number
  let key: string
  let log = ''

  beforeAll(async () => {
    database = await cloneDatabase()
    const partner = await createPartner(database.db, { name: '某协同部门', kind: 'agency' }, new Date())
    key = (await createKey(database.db, { partnerId: partner.id, scopes: ['feed'] }, new Date())).key
    const env = { DATABASE_URL: database.url, TRUSTED_PROXIES: '127.0.0.1', LOG_LEVEL: 'info' }
    backends = await Promise.all([serve(env), serve(env)])
    for (const { child } of backends) child.stderr?.on('data', (chunk: Buffer) => (log += chunk.toString()))
    folder = await makeServerFolder('nginx')
    port = await freePort()
    // The file as it is, but for where things are.
    const [first, second] = backends.map(({ address }) => new URL(address).host)
    const config = textOf('deploy/nginx/nginx.conf')
      .replace('server app-1:3000 ', `server ${first} `)
      .replace('server app-2:3000 ', `server ${second} `)
      .replace('listen 8080;', `listen 127.0.0.1:${port};`)
      .replaceAll(' /tmp/', ` ${folder}/`)
      .replace('/dev/stdout', join(folder, 'access.log'))
      .replace('/dev/stderr', join(folder, 'error.log'))
    await writeFile(join(folder, 'nginx.conf'), config)
    await copyFile('deploy/nginx/admin-networks.conf', join(folder, 'admin-networks.conf'))
    execFileSync('nginx', ['-t', '-c', join(folder, 'nginx.conf')], { stdio: 'pipe' })
    nginx = spawn('nginx', ['-c', join(folder, 'nginx.conf'), '-g', 'daemon off;'], { stdio: 'ignore' })
    while ((await get('/v1/regions').catch(() => null))?.status !== 200);
  })
  afterAll(async () => {
    if (nginx?.kill('SIGTERM') === true) await once(nginx, 'close')
    for (const backend of backends) if (backend.child.exitCode === null) await stop(backend, 'SIGKILL')
    await database.close()
    await rm(folder, { recursive: true, force: true })
  })

  interface Answer {
    status: number
    headers: Record<string, unknown>
    body: string
  }
  /** Asks nginx as a client at 127.0.0.2, which is not the address of nginx itself. */
  const get = (path: string, headers: Record<string, string> = {}, localAddress = '127.0.0.2') =>
    new Promise<Answer>((resolve, reject) => {
      const sent = request({ host: '127.0.0.1', port, path, headers, localAddress, agent: false }, (response) => {
        let body = ''
        response.on('data', (chunk: Buffer) => (body += chunk.toString()))
        response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }))
        response.on('error', reject)
      })
      sent.on('error', reject)
      sent.end()
    })

  it('tells the service where a client is, whatever the client says of it', async () => {
    const spoofed = { 'x-forwarded-for': '6.6.6.6', forwarded: 'for=6.6.6.6', 'x-real-ip': '6.6.6.6' }
    const { headers } = await get('/v1/regions', spoofed)
    const id = String(headers['x-request-id'])
    const lineOf = () => log.split('\n').find((line) => line.includes(id) && line.includes('answered'))
    while (lineOf() === undefined) await new Promise((resolve) => setImmediate(resolve))
    expect(JSON.parse(lineOf() ?? '{}')).toMatchObject({ remoteAddress: '127.0.0.2' })
    expect(log).not.toContain('6.6.6.6')
  })

  it('lets a live stream through at once', async () => {
    const headers = { authorization: `Bearer ${key}`, accept: 'text/event-stream' }
    const response = await fetch(`http://127.0.0.1:${port}/v1/feed/events`, { headers })
    expect(response.headers.get('content-type')).toContain('text/event-stream')
    await database.db.transaction((tx) => appendEvents(tx, [pendingEvent(1)]))
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader()
    let text = ''
    while (!/^id: ?1$/m.test(text)) text += (await reader.read()).value ?? ''
    await reader.cancel()
  })

  it('packs what is text, and keeps from outside what is for operators', async () => {
    expect((await get('/v1/regions', { 'accept-encoding': 'gzip' })).headers['content-encoding']).toBe('gzip')
    for (const path of ['/metrics', '/readyz', '/livez']) {
      const { status, headers } = await get(path)
      expect([path, status, headers['content-type']]).toEqual([path, 404, 'application/problem+json'])
    }
    for (const path of ['/v1/audit', '/v1/partners', '/v1/keys/x', '/v1/job-runs']) {
      const { status, body } = await get(path)
      expect([path, status, (JSON.parse(body) as { type: string }).type]).toEqual([path, 403, '/problems/forbidden'])
    }
    // The service's own problem, for who may ask.
    expect((await get('/v1/audit', {}, '127.0.0.1')).status).toBe(401)
  })

  it('answers every lookup while a process is stopped, and a problem when there is none any more', async () => {
    const statuses = new Set<number>()
    let isOver = false
    let answered = 0
    const clients = Array.from({ length: 4 }, async () => {
      while (!isOver) {
        statuses.add((await get('/v1/regions')).status)
        answered += 1
      }
    })
    expect((await stop(backends[0]!)).code).toBe(0)
    const then = answered
    while (answered < then + 40) await new Promise((resolve) => setImmediate(resolve))
    isOver = true
    await Promise.all(clients)
    expect([...statuses]).toEqual([200])
    await stop(backends[1]!)
    const last = await get('/v1/regions')
    expect(last).toMatchObject({
      status: 503,
      headers: { 'retry-after': '2', 'content-type': 'application/problem+json' },
    })
    expect(JSON.parse(last.body)).toMatchObject({ type: '/problems/unavailable', status: 503 })
  })
})

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
