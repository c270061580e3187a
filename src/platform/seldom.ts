/** Told at most once in `everyMs` for the same thing: a stream of one and the same is no stream of writes. */
export function seldom(everyMs: number, remembered = 1000): (what: string, now: Date) => boolean {
  const told = new Map<string, number>()
  return (what, now) => {
    if (now.getTime() - (told.get(what) ?? -Infinity) < everyMs) return false
    if (told.size >= remembered) told.clear()
    told.set(what, now.getTime())
    return true
  }
}
