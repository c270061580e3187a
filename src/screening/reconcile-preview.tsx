import { createHash } from 'node:crypto'
import { renderToString } from 'preact-render-to-string'
import type { CreditFile } from '../credit-files/schemas.ts'
import type { Language } from '../platform/language.ts'
import { standingNames } from './reconcile-texts.ts'

const style =
  'body{font:14px/1.5 system-ui,sans-serif;margin:12px;color:#1c1c1c;background:#fff}h1{font-size:16px;margin:0 0 4px}p{margin:2px 0}.listed{color:#a3001b;font-weight:600}'

/** Shown in a frame of any client of the reconciliation API; nothing runs, nothing is loaded, only this style applies. */
export const previewHeaders = {
  'content-security-policy': `default-src 'none'; style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'; base-uri 'none'; form-action 'none'; frame-ancestors *; sandbox allow-popups`,
  'referrer-policy': 'no-referrer',
}

/** A small page about a business, for a frame of 420 by 220 pixels. */
export function previewPage(file: CreditFile, language: Language, base: string): string {
  const { subject, standing, listings } = file
  const inForce = listings.filter(({ status }) => status === 'in-force')
  const page = (
    <html lang={language === 'zh' ? 'zh-CN' : 'en'}>
      <head>
        <meta charset="utf-8" />
        <title>{subject.name}</title>
        <style>{style}</style>
      </head>
      <body>
        <h1>
          <a href={`${base}/credit-files/${subject.uscc}`} target="_blank" rel="noopener">
            {subject.name}
          </a>
        </h1>
        <p>
          {subject.uscc} · {subject.regionName ?? subject.regionCode}
        </p>
        <p class={standing === 'clear' ? '' : 'listed'}>{standingNames[standing][language]}</p>
        {inForce.slice(0, 3).map(({ ground, listedOn }) => (
          <p>
            {listedOn} {ground.label}
          </p>
        ))}
      </body>
    </html>
  )
  return `<!doctype html>${renderToString(page)}`
}
