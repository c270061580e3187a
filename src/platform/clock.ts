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
  return businessDay.format(instant)
}
