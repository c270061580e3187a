import type { Clock } from '../platform/clock.ts'
import { retryAfterMs } from '../platform/http-client.ts'
import { OutboundError, type Outbound } from '../platform/outbound.ts'
import { secretsInForce, signedHeaders, type Message, type OldSecret, type Outcome } from './domain.ts'
import type { deliveryErrors } from './vocabulary.ts'

/** What one attempt met. */
export interface Attempt extends Outcome {
  error: (typeof deliveryErrors)[number] | null
  durationMs: number
  /** The beginning of the answer, as text. */
  responseBody: string
  at: Date
}

/** More of an answer is not read: it counts by its status alone. */
const maxBytes = 1024

/**
 * Sends a message once, signed with every secret in force, and tells what came back.
 * @throws the reason of `signal` when that aborts: then nobody knows whether the message arrived
 */
export async function sendMessage(
  message: Message,
  to: { url: string; secret: string; oldSecrets: readonly OldSecret[] },
  { outbound, clock, timeoutMs, signal }: { outbound: Outbound; clock: Clock; timeoutMs: number; signal?: AbortSignal },
): Promise<Attempt> {
  const at = clock.now()
  const began = performance.now()
  const took = () => Math.round(performance.now() - began)
  try {
    const answer = await outbound.send(new URL(to.url), {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'user-agent': 'xinjian-webhooks',
        ...signedHeaders(message, secretsInForce(to, at), at),
      },
      body: message.body,
      timeoutMs,
      maxBytes,
      signal,
    })
    const header = answer.headers['retry-after']
    return {
      responseStatus: answer.status,
      retryAfterMs: retryAfterMs(typeof header === 'string' ? header : null, at.getTime()),
      error: null,
      durationMs: took(),
      responseBody: new TextDecoder().decode(answer.body),
      at,
    }
  } catch (error) {
    if (!(error instanceof OutboundError)) throw error
    return { responseStatus: null, retryAfterMs: null, error: error.reason, durationMs: took(), responseBody: '', at }
  }
}
