/**
 * Arithmetic on plain days, `YYYY-MM-DD`. Days are counted in UTC, which has no daylight saving time, so the machine's
 * time zone changes nothing (design rule 6).
 */

const msPerDay = 86_400_000

/** The day `days` later (earlier when negative). */
export function addDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * msPerDay).toISOString().slice(0, 10)
}

/**
 * The corresponding day `months` later, and where that month has none, its last day (民法典 art 202): six months after
 * 31 August is the last day of February.
 */
export function addMonths(day: string, months: number): string {
  const whole = yearOf(day) * 12 + Number(day.slice(5, 7)) - 1 + months
  const first = `${String(Math.floor(whole / 12)).padStart(4, '0')}-${String((whole % 12) + 1).padStart(2, '0')}-01`
  const lastOfMonth = addDays(`${addDays(first, 31).slice(0, 7)}-01`, -1)
  const corresponding = `${first.slice(0, 8)}${day.slice(8)}`
  return corresponding > lastOfMonth ? lastOfMonth : corresponding
}

/** The corresponding day `years` later (民法典 art 202): three years after 29 February is 28 February. */
export function addYears(day: string, years: number): string {
  return addMonths(day, years * 12)
}

/** 0 = Sunday to 6 = Saturday. */
export function weekdayOf(day: string): number {
  return new Date(`${day}T00:00:00Z`).getUTCDay()
}

export function yearOf(day: string): number {
  return Number(day.slice(0, 4))
}

/** Whether `day` lies in a period of force: closed at both ends, open where `to` is null. */
export function isWithin(period: { from: string; to: string | null }, day: string): boolean {
  return period.from <= day && (period.to === null || day <= period.to)
}
