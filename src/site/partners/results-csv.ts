import { stringify } from 'csv-stringify/sync'
import type { Language } from '../../platform/language.ts'
import type { KeptScreening } from '../../screening/schemas.ts'
import { wordOf } from '../workspace/words.tsx'
import { screenings as texts } from './texts.ts'

/**
 * The results of a screening as CSV for a spreadsheet: with a byte order mark, so that Excel reads it as UTF-8, and with
 * texts that would run as formulas defused (OWASP, CSV injection).
 */
export function resultsCsv({ request, results }: KeptScreening, language: Language): string {
  const head = Object.values(texts.columns).map((text) => text[language])
  const rows = results.map(({ ref, decision, reasons, matches }, i) => {
    const { uscc = '', name = '', url = '' } = request.candidates[i] ?? {}
    return [
      ...[ref, uscc, name, url, texts.decisions[decision][language]],
      reasons.map((reason) => wordOf(texts.reasons, reason, language)).join('; '),
      matches.map((match) => `${match.uscc} ${match.name} ${match.groundCode}`).join('; '),
    ]
  })
  return stringify([head, ...rows], { bom: true, escape_formulas: true, record_delimiter: 'windows' })
}
