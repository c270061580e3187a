/**
 * Arithmetic on plain days, `YYYY-MM-DD`. Days are counted in UTC, which has no daylight saving time, so the machine's
 * time zone changes nothing (design rule 6).
 */

const msPerDay = 86_400_000

/** The day `days` later (earlier when negative). */
export function addDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * msPerDay).toISOString().slice(0, 10)
}

/** 0 = Sunday to 6 = Saturday. */
export function weekdayOf(day: string): number {
  return new Date(`${day}T00:00:00Z`).getUTCDay()
}

export function yearOf(day: string): number {
  return Number(day.slice(0, 4))
}
