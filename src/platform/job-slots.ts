import { CronExpressionParser } from 'cron-parser'

/** The zone of every schedule. It has had no summer time since 1991, so a slot is the same distance from the next all year. */
export const scheduleZone = 'Asia/Shanghai'

/** The first slot of a cron expression after a moment. */
export function nextSlot(cron: string, after: Date): Date {
  return CronExpressionParser.parse(cron, { currentDate: after, tz: scheduleZone }).next().toDate()
}

/** The newest slots after a moment and up to another, at most `limit` of them, oldest first. */
export function slotsBetween(cron: string, after: Date, until: Date, limit: number): Date[] {
  // `prev` does not tell the moment it starts from.
  const walk = CronExpressionParser.parse(cron, { currentDate: new Date(until.getTime() + 1000), tz: scheduleZone })
  const slots: Date[] = []
  while (slots.length < limit) {
    const slot = walk.prev().toDate()
    if (slot <= after) break
    if (slot <= until) slots.unshift(slot)
  }
  return slots
}
