import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Webhook } from 'standardwebhooks'
import { vi } from 'vitest'

export interface Received {
  id: string
  /** When it was sent, by its header, in milliseconds. */
  sentAt: number
  signatures: string[]
  headers: IncomingHttpHeaders
  text: string
  body: { id: string; type: string; sequence?: string; data: Record<string, unknown> }
}

export interface Receiver {
  url: string
  received: Received[]
  /** Resolves when so many have come in all. */
  until(count: number): Promise<void>
  /** Positions of the events in the order in which they came. */
  positions(): number[]
  close(): Promise<void>
}

export type Answer = (response: ServerResponse, message: Received, number: number) => void

/** A receiver of webhooks over real HTTP; the answer to each message is written by the test. */
export async function startReceiver(answer: Answer = (response) => response.writeHead(204).end()): Promise<Receiver> {
  const received: Received[] = []
  const waiting = new Set<() => void>()
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString('utf8')
      const message: Received = {
        id: String(request.headers['webhook-id']),
        sentAt: Number(request.headers['webhook-timestamp']) * 1000,
        signatures: String(request.headers['webhook-signature']).split(' '),
        headers: request.headers,
        text,
        body: JSON.parse(text) as Received['body'],
      }
      received.push(message)
      answer(response, message, received.length)
      for (const wake of waiting) wake()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    received,
    until: (count) =>
      new Promise((resolve) => {
        const wake = () => {
          if (received.length < count) return
          waiting.delete(wake)
          resolve()
        }
        waiting.add(wake)
        wake()
      }),
    positions: () => received.map((message) => Number(message.body.sequence)),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}

/**
 * What the `standardwebhooks` package reads out of a message with a secret, at the moment at which it was sent (it refuses
 * timestamps that are five minutes off).
 * @throws WebhookVerificationError when the signature is not right
 */
export function verified({ text, headers, sentAt }: Received, secret: string): unknown {
  const clock = vi.spyOn(Date, 'now').mockReturnValue(sentAt)
  try {
    return new Webhook(secret).verify(text, headers as Record<string, string>)
  } finally {
    clock.mockRestore()
  }
}
