/** A live stream of the feed, read as it comes over real HTTP. */
export interface SseClient {
  status: number
  headers: Headers
  /** `id` and parsed `data` of each event so far. */
  events: { id: string; data: { sequence: string; id: string; type: string } }[]
  /** Every line that begins with a colon. */
  comments: string[]
  /** Resolves when the stream has ended, whoever ended it. */
  ended: Promise<void>
  close: () => Promise<void>
}

/** Connects, and resolves when the head of the answer has come. Parses as WHATWG HTML 9.2.6 says. */
export async function openSse(url: string, headers: Record<string, string>): Promise<SseClient> {
  const stopping = new AbortController()
  const response = await fetch(url, {
    headers: { accept: 'text/event-stream', ...headers },
    signal: stopping.signal,
  })
  const client: SseClient = {
    status: response.status,
    headers: response.headers,
    events: [],
    comments: [],
    ended: Promise.resolve(),
    close: async () => {
      stopping.abort()
      await client.ended
    },
  }
  const read = async () => {
    let rest = ''
    const decoder = new TextDecoder()
    try {
      for await (const chunk of response.body ?? []) {
        const blocks = (rest + decoder.decode(chunk, { stream: true })).split('\n\n')
        rest = blocks.pop() ?? ''
        for (const block of blocks) takeBlock(client, block)
      }
    } catch {
      // Closed by us, or the server was killed: what came whole was taken.
    }
  }
  client.ended = read()
  return client
}

function takeBlock(client: SseClient, block: string): void {
  const fields = new Map<string, string>()
  for (const line of block.split('\n')) {
    if (line.startsWith(':')) client.comments.push(line)
    const [, name = '', value = ''] = /^(\w+): ?(.*)$/.exec(line) ?? []
    fields.set(name, value)
  }
  const data = fields.get('data')
  if (data !== undefined) {
    client.events.push({ id: fields.get('id') ?? '', data: JSON.parse(data) as SseClient['events'][number]['data'] })
  }
}
