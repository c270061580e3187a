import { Session } from 'node:inspector/promises'

/** What share of the time on the processor a function took itself, the largest first. */
export interface ProfileLine {
  where: string
  share: number
}

/** Profiles this process until the answer is called. */
export async function startProfile(): Promise<() => Promise<ProfileLine[]>> {
  const session = new Session()
  session.connect()
  await session.post('Profiler.enable')
  await session.post('Profiler.start')
  return async () => {
    const { profile } = await session.post('Profiler.stop')
    session.disconnect()
    const nodes = new Map(profile.nodes.map(({ id, callFrame }) => [id, callFrame]))
    const own = new Map<string, number>()
    let busy = 0
    for (const [at, id] of (profile.samples ?? []).entries()) {
      const frame = nodes.get(id)
      // Samples taken while the process waits stand where the profile was begun: in `dispatch` of the inspector.
      if (frame === undefined || ['(idle)', 'dispatch'].includes(frame.functionName)) continue
      const file = frame.url.replace(/\?.*$/, '').replace(/^.*?\/(?=src\/|node_modules\/|test\/)/, '')
      const where = `${frame.functionName || '(anonymous)'} ${file.replace('node_modules/', '')}`.trim()
      const taken = profile.timeDeltas?.[at] ?? 0
      busy += taken
      own.set(where, (own.get(where) ?? 0) + taken)
    }
    const lines = [...own].map(([where, taken]) => ({ where, share: taken / busy }))
    return lines.sort((a, b) => b.share - a.share).slice(0, Number(process.env['PROFILE_LINES'] ?? 12))
  }
}
