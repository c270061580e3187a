import type { Command } from 'commander'
import { amendFromFile } from '../law/service.ts'
import { correctDueDates } from '../listings/due-dates.ts'
import { systemClock } from '../platform/clock.ts'
import { answer, command, describeCounts, withDatabase } from './terminal.ts'

/** `rulebook amend` and `calendar load`: the law as data. */
export function addLawCommands(program: Command): void {
  const law = program.command('rulebook').description('The law as data')
  command(law, 'amend <file>', 'Add instruments, grounds, deadlines or other rows of the law, as data')
    .addHelpText(
      'after',
      `
The file is JSON: {"note": "what it rests on", "steps": [...], "grounds": [...], "versions": [...], ...} with rows as
/v1/rulebook has them, texts as {"zh", "en"}. A row takes effect from its day \`from\`; the one before it ends the day
before. What was decided keeps the version it was decided under. docs/operating/the-law.md has examples.`,
    )
    .action(async (file: string, _options, self: Command) => {
      await withDatabase(async ({ db }) => {
        const { revision } = await amendFromFile(db, file, 'rows', systemClock.now())
        answer(self, { revision }, () => `The rulebook is at revision ${revision}.`)
      })
    })
  const calendar = program.command('calendar').description('Working days')
  command(calendar, 'load <file>', 'Load the State Council holiday notice of a year')
    .addHelpText(
      'after',
      `
The file is JSON: {"year": 2027, "off": ["2027-01-01", ...], "work": ["2027-02-06", ...]}, or the year's file of the
project holiday-cn. Due dates that were provisional are corrected, with events.`,
    )
    .action(async (file: string, _options, self: Command) => {
      await withDatabase(async ({ db }) => {
        const { revision, years } = await amendFromFile(db, file, 'calendar', systemClock.now())
        const corrected = await correctDueDates(db, systemClock.now())
        answer(
          self,
          { revision, years, corrected },
          () =>
            `Loaded ${years.join(', ')}; the rulebook is at revision ${revision}. Due dates told now:\n${describeCounts(corrected)}`,
        )
      })
    })
}
