import { mask, withoutPersonalData } from '../registry/personal-data.ts'
import { parseUscc } from '../registry/identifiers.ts'

/** A business that a case speaks of, where the public may know it today. */
export interface NamedBusiness {
  uscc: string
  name: string
}

/** What stands for a business that may not be named, or is none of those of the case. */
const unnamed = '某经营者'

/**
 * The text of a case for the public: paragraphs without personal data, in which the businesses of the case are named as
 * far as the public may know them today (design rule 7; rulebook section 7).
 * @param businesses codes in the order in which `{1}`, `{2}` … stand for them
 */
export function publicText(
  text: string,
  businesses: readonly string[],
  named: ReadonlyMap<string, NamedBusiness>,
): string {
  return withoutPersonalData(text).replace(
    /\{(\d{1,2})\}/g,
    (_, number: string) => named.get(businesses[Number(number) - 1] ?? '')?.name ?? unnamed,
  )
}

/** The paragraphs of a text, those that are empty left out. */
export function paragraphsOf(text: string): string[] {
  return text
    .split(/[\r\n]+/)
    .map((paragraph) => paragraph.trim())
    .filter((paragraph) => paragraph !== '')
}

/** The first code of a business that is written out in a text, in whatever width or case; null without one. */
export function writtenCode(text: string): string | null {
  const written = text.normalize('NFKC').toUpperCase()
  for (const [code] of written.matchAll(/[0-9A-Z]{18,}/g)) {
    for (let at = 0; at + 18 <= code.length; at += 1) {
      if (parseUscc(code.slice(at, at + 18)) !== null) return code.slice(at, at + 18)
    }
  }
  return null
}

/** Whether something of a text would be masked for the public: whoever wrote it is told. */
export function hasPersonalData(text: string): boolean {
  return withoutPersonalData(text).includes(mask) && !text.includes(mask)
}
