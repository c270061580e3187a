import type { Language, Text } from '../../platform/language.ts'
import { Code, Written } from '../parts.tsx'

/** A word of a closed vocabulary in the reader's language; the code itself where there is no word for it. */
export function wordOf(vocabulary: Readonly<Record<string, Text>>, code: string, language: Language): string {
  return Object.hasOwn(vocabulary, code) ? (vocabulary[code]?.[language] ?? code) : code
}

/** The words of a vocabulary as what one may choose from. */
export function optionsOf(
  vocabulary: Readonly<Record<string, Text>>,
  language: Language,
): { value: string; label: string }[] {
  return Object.entries(vocabulary).map(([value, text]) => ({ value, label: text[language] }))
}

/** A business by its name, else by its code, with the way to where staff works on it. */
export function BusinessLink({ uscc, name }: { uscc: string; name: string | undefined }) {
  return <a href={`/staff/businesses/${uscc}`}>{name === undefined ? <Code text={uscc} /> : <Written text={name} />}</a>
}

/** Documents as they were named: their titles, or whatever else was kept of them. */
export function Documents({ documents }: { documents: unknown }) {
  const all: unknown[] = Array.isArray(documents) ? documents : []
  if (all.length === 0) return null
  return (
    <ul class="plain">
      {all.map((document, i) => (
        <li key={i}>
          <Written text={titleOf(document)} />
        </li>
      ))}
    </ul>
  )
}

function titleOf(document: unknown): string {
  const title = (document as { title?: unknown } | null)?.title
  if (typeof title === 'string') return title
  return typeof document === 'string' ? document : JSON.stringify(document)
}
