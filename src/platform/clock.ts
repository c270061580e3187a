/** The business's time zone: every legal day is a day there, whatever the machine's zone is (design rule 6). */
const businessDay = new Intl.DateTimeFormat('en-CA', {
  timeZone: 'Asia/Shanghai',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
})

/** The one source of time. Tests hand in their own. */
export interface Clock {
  now(): Date
}

export const systemClock: Clock = { now: () => new Date() }

/** The day in Asia/Shanghai on which `instant` falls, as `YYYY-MM-DD`. */
export function dayOf(instant: Date): string {
  const number = Math.floor((instant.getTime() + shanghaiMs) / dayMs)
  if (number < firstPlainDay) return businessDay.format(instant)
  // Every request asks for the same day: told by the time zone anew, it is the dearest line of a lookup.
  if (number !== last.number) last = { number, day: new Date(number * dayMs).toISOString().slice(0, 10) }
  return last.day
}

const dayMs = 86_400_000
/** Shanghai is eight hours ahead of UTC, with no other rule since its last summer time ended in 1991. */
const shanghaiMs = 8 * 3_600_000
const firstPlainDay = Date.UTC(1992, 0, 1) / dayMs
let last = { number: NaN, day: '' }
