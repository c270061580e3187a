import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { jetstream } from '@nats-io/jetstream'
import { connect, type NatsConnection } from '@nats-io/transport-node'

/** The program of a NATS server on this machine, or null. */
export const natsServer =
  [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/bin']
    .map((folder) => join(folder, 'nats-server'))
    .find((file) => existsSync(file)) ?? null

/** A NATS server of one's own with JetStream, which can be killed and started again on the same data and port. */
export interface TestNats {
  url: string
  start(): Promise<void>
  kill(): Promise<void>
  /** Everything in the stream, in its order. */
  messages(): Promise<{ id: string; subject: string; contentType: string; data: { sequence: string } }[]>
  remove(): Promise<void>
}

export async function startNats(): Promise<TestNats> {
  const program = natsServer
  if (program === null) throw new Error('there is no nats-server on this machine')
  const folder = await mkdtemp(join(tmpdir(), 'xinjian-nats-'))
  const port = await freePort()
  const url = `nats://127.0.0.1:${port}`
  let child: ChildProcess | null = null
  const server: TestNats = {
    url,
    start: async () => {
      child = spawn(program, ['-js', '-a', '127.0.0.1', '-p', String(port), '-sd', folder], { stdio: 'ignore' })
      for (;;) {
        const probe = await open(url)
        if (probe !== null) return probe.close()
      }
    },
    kill: async () => {
      if (child === null) return
      const ended = once(child, 'exit')
      child.kill('SIGKILL')
      await ended
      child = null
    },
    messages: async () => {
      const connection = await open(url)
      if (connection === null) return []
      const js = jetstream(connection)
      const manager = await js.jetstreamManager()
      try {
        const { state } = await manager.streams.info('xinjian-feed')
        const messages = []
        for (let seq = state.first_seq; seq <= state.last_seq; seq += 1) {
          const message = await manager.streams.getMessage('xinjian-feed', { seq })
          if (message === null) continue
          messages.push({
            id: message.header.get('Nats-Msg-Id'),
            contentType: message.header.get('content-type'),
            subject: message.subject,
            data: message.json<{ sequence: string }>(),
          })
        }
        return messages
      } catch {
        // There is no stream yet.
        return []
      } finally {
        await connection.close()
      }
    },
    remove: async () => {
      await server.kill()
      await rm(folder, { recursive: true, force: true })
    },
  }
  await server.start()
  return server
}

async function open(url: string): Promise<NatsConnection | null> {
  try {
    const connection = await connect({ servers: url.replace('nats://', ''), reconnect: false })
    // JetStream is ready a little later than the port.
    await (await jetstream(connection).jetstreamManager()).getAccountInfo()
    return connection
  } catch {
    return null
  }
}

/** A port that nobody listens on at this moment. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
