import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod'
import { renderToString } from 'preact-render-to-string'
import { z } from 'zod'
import { notModified, notModifiedResponse } from '../platform/caching.ts'
import type { Clock } from '../platform/clock.ts'
import type { Db } from '../platform/db.ts'
import { languageOf, type Language, type Text } from '../platform/language.ts'
import { problemResponses } from '../platform/problem.ts'
import { usccParameter, type CreditFile } from './schemas.ts'
import type { PresentFiles } from './present-files.ts'
import { readCreditFile } from './service.ts'

interface Options {
  db: Db
  clock: Clock
  files: PresentFiles
  publicUrl: () => string
}

/** White text on each has a contrast of at least 5.9 (WCAG 2.2 asks for 4.5); a sign of its own, so colour is never alone. */
const looks: Record<CreditFile['standing'], { text: Text; colour: string; sign: string }> = {
  clear: { text: { zh: '未列入名单', en: 'Not listed' }, colour: '#17633f', sign: 'M-5 0l3.5 3.5L5-4' },
  abnormal: { text: { zh: '经营异常', en: 'Abnormal operation' }, colour: '#8a4a00', sign: 'M0-5v6M0 4.5v.5' },
  'serious-violator': {
    text: { zh: '严重违法失信', en: 'Serious violator' },
    colour: '#a01c22',
    sign: 'M-4-4l8 8M4-4l-8 8',
  },
}
const brand: Text = { zh: '信鉴 亮照', en: 'Xinjian licence' }

const height = 28
/** Room for a text at 13 px, into which any font is fitted: a Chinese character is as wide as high, a Latin one narrower. */
const widthOf = (text: string, perLatin: number) =>
  Math.ceil(Array.from(text).reduce((width, character) => width + (character > '\u2e7f' ? 13 : perLatin), 0))

/** The badge of a business: its present standing, linking to its public page. */
function Badge({ file, language, href }: { file: CreditFile; language: Language; href: string }) {
  const { text, colour, sign } = looks[file.standing]
  const [brandWidth, textWidth] = [widthOf(brand[language], 6.5), widthOf(text[language], 7.2)]
  const left = brandWidth + 20
  const width = left + textWidth + 42
  const title = `${file.subject.name} (${file.subject.uscc}): ${text[language]}, ${file.asOf}`
  return (
    <svg
      xmlns="http://www.w3.org/2000/svg"
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      role="img"
      aria-labelledby="title"
      lang={language === 'zh' ? 'zh-CN' : 'en'}
    >
      <title id="title">{title}</title>
      <a href={href} target="_blank" rel="noopener">
        <clipPath id="round">
          <rect width={width} height={height} rx="5" />
        </clipPath>
        <g clip-path="url(#round)">
          <rect width={left} height={height} fill="#2b3442" />
          <rect x={left} width={width - left} height={height} fill={colour} />
        </g>
        <g
          fill="#fff"
          font-family="system-ui, 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', sans-serif"
          font-size="13"
        >
          <text x="10" y="18.5" textLength={brandWidth} lengthAdjust="spacingAndGlyphs">
            {brand[language]}
          </text>
          <text x={left + 30} y="18.5" font-weight="600" textLength={textWidth} lengthAdjust="spacingAndGlyphs">
            {text[language]}
          </text>
        </g>
        <path
          d={sign}
          transform={`translate(${left + 17} ${height / 2})`}
          fill="none"
          stroke="#fff"
          stroke-width="2"
          stroke-linecap="round"
          stroke-linejoin="round"
        />
      </a>
    </svg>
  )
}

/** The badge (亮照 link) that a business puts on its own site (contract section 2). */
export const badgeRoutes: FastifyPluginCallbackZod<Options> = (app, { db, clock, files, publicUrl }, done) => {
  app.get(
    '/v1/credit-files/:uscc/badge.svg',
    {
      schema: {
        operationId: 'getBadge',
        tags: ['Public lookup'],
        summary: 'A badge of the present standing, to be embedded',
        description: 'Links work where it is embedded as `<object>`; as `<img>` it needs a link around it.',
        params: z.strictObject({ uscc: usccParameter }),
        querystring: z.strictObject({}),
        response: {
          200: { description: 'The badge', content: { 'image/svg+xml': { schema: z.string() } } },
          304: notModifiedResponse,
          ...problemResponses,
        },
      },
    },
    async (request, reply) => {
      const language = languageOf(request)
      const file = await readCreditFile({ db, clock, files, language }, request.params.uscc)
      const href = `${publicUrl()}/credit-files/${file.subject.uscc}`
      const svg = renderToString(<Badge file={file} language={language} href={href} />)
      void reply.headers({
        'cross-origin-resource-policy': 'cross-origin',
        'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
      })
      if (notModified(request, reply, svg)) return reply.code(304).send()
      return reply.type('image/svg+xml; charset=utf-8').send(svg)
    },
  )
  done()
}
