import type { CreditFile } from '../credit-files/schemas.ts'
import type { Language } from '../platform/language.ts'
import { take as texts } from './file-texts.ts'
import { Section, visible } from './parts.tsx'

interface Props {
  file: CreditFile
  language: Language
  publicUrl: string
}

/** The file to be printed, proved and linked. */
export function TakeAlong({ file, language, publicUrl }: Props) {
  const { uscc, name } = file.subject
  const path = `/credit-files/${encodeURIComponent(uscc)}`
  const badge = `/v1${path}/badge.svg`
  const alt = visible(name)
  const attribute = (text: string) => text.replace(/[&"<>]/g, (character) => `&#${character.charCodeAt(0)};`)
  return (
    <Section id="take" title={texts.title[language]}>
      <ul>
        <li>
          <a href={`${path}/print`}>{texts.print[language]}</a>
        </li>
        <li>
          <a href={`/v1${path}/certificate`} download={`${uscc}.jws`} type="application/jose">
            {texts.certificate[language]}
          </a>{' '}
          <span class="hint">{texts.certificateNote[language]}</span>
        </li>
        <li class="json">
          <a href={`/v1${path}`} type="application/json">
            {texts.json[language]}
          </a>
        </li>
      </ul>
      <h3>{texts.badge[language]}</h3>
      <p>
        <img class="badge" src={badge} alt={`${texts.badge[language]} – ${alt}`} height="28" />
      </p>
      <p id="snippet">{texts.badgeNote[language]}</p>
      <pre class="snippet" role="region" aria-label={texts.snippet[language]} tabIndex={0}>
        <code translate={false}>
          {`<a href="${publicUrl}${path}"><img src="${publicUrl}${badge}" alt="${attribute(alt)}" height="28"></a>`}
        </code>
      </pre>
    </Section>
  )
}
