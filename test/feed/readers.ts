import { setTimeout as sleep } from 'node:timers/promises'
import { openSse } from '../support/sse.ts'

interface Seen {
  sequence: string
  id: string
}

export interface Reader {
  kind: 'pull' | 'wait' | 'ndjson' | 'sse'
  /** Every event that it was given, in the order in which it was. */
  seen: Seen[]
}

/** Where services answer at this moment; kept up to date by whoever starts and kills them. */
export type Addresses = readonly string[]

/**
 * Reads from the first event on until told to stop, as a partner would: it keeps the position of the last event, and
 * after any failure goes on from there at another address.
 */
export function startReader(
  kind: Reader['kind'],
  addresses: Addresses,
  key: string,
  signal: AbortSignal,
): Reader & { ended: Promise<void> } {
  const seen: Seen[] = []
  const authorization = `Bearer ${key}`
  const last = () => seen.at(-1)?.sequence ?? '0'

  const readOnce = async (address: string) => {
    const url = `${address}/v1/feed/events`
    if (kind === 'sse') {
      // A new connection now and then, since clients come and go.
      const goal = seen.length + 400
      const client = await openSse(url, { authorization, 'last-event-id': last() })
      const state = { over: false }
      void client.ended.then(() => (state.over = true))
      while (!state.over && seen.length < goal && !signal.aborted) {
        seen.push(...client.events.splice(0).map(({ data }) => data))
        await sleep(20)
      }
      await client.close()
      return
    }
    const query = `?after=${last()}&limit=100${kind === 'wait' ? '&wait=5' : ''}`
    const response = await fetch(url + query, {
      headers: { authorization, accept: kind === 'ndjson' ? 'application/x-ndjson' : 'application/json' },
    })
    if (!response.ok) throw new Error(String(response.status))
    const text = await response.text()
    const events =
      kind === 'ndjson'
        ? text
            .split('\n')
            .filter(Boolean)
            .map((line) => JSON.parse(line) as Seen)
        : (JSON.parse(text) as { events: Seen[] }).events
    seen.push(...events)
    // Twenty readers that ask without a pause would leave the service no time to answer.
    if (events.length === 0) await sleep(50)
  }

  const run = async () => {
    for (let turn = 0; !signal.aborted; turn += 1) {
      try {
        const address = addresses[turn % Math.max(1, addresses.length)]
        if (address === undefined) await sleep(50)
        else await readOnce(address)
      } catch {
        await sleep(50)
      }
    }
  }
  return { kind, seen, ended: run() }
}
