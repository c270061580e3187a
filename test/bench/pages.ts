/**
 * What a credit file costs as a page beside its JSON (issue 7): both asked of the whole service in turn, in one run, on
 * the same business of the sample, and the page alone without reading. The ratio of the medians is what counts.
 */
import { performance } from 'node:perf_hooks'
import { parseArgs } from 'node:util'
import { buildApp } from '../../src/app.ts'
import { parseConfig } from '../../src/config.ts'
import type { CreditFile } from '../../src/credit-files/schemas.ts'
import { decideSampleCases } from '../../src/demo/cases.ts'
import { makeProvince } from '../../src/demo/province.ts'
import { startFeedListener } from '../../src/feed/listener.ts'
import { generateSigningKey, signingWith } from '../../src/platform/signing.ts'
import { builtInRulebook } from '../../src/rulebook/built-in.ts'
import { creditFilePage } from '../../src/site/credit-file-page.tsx'
import { take } from '../support/take.ts'
import { openBenchDatabase } from './names/bench-database.ts'
import { say } from './names/report.ts'

const { values } = parseArgs({ options: { n: { type: 'string', default: '400' } } })
const median = (times: number[]) => times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? NaN

const database = await openBenchDatabase()
if (database === null) throw new Error('no PostgreSQL answers at DATABASE_URL')
const { db } = database
const now = new Date('2026-11-25T04:00:00.000Z')
const province = makeProvince(2025)
await take(db, 'subjects', province.subjects)
const good = province.annualReports.filter(({ sourceId }) => sourceId.startsWith('sample-report-'))
await take(db, 'annual-reports', good)
const { seriousViolator } = await decideSampleCases(db, province, now)
const app = await buildApp({
  db,
  config: parseConfig({ RATE_LIMIT: 'off' }),
  clock: { now: () => now },
  listener: startFeedListener(database.url),
  signing: await signingWith([await generateSigningKey()]),
  publicUrl: () => 'https://credit.example',
})
const plain = String(province.subjects.find(({ uscc }) => uscc !== seriousViolator)?.['uscc'])
try {
  for (const [what, uscc] of [
    ['serious violator', seriousViolator],
    ['not listed', plain],
  ] as const) {
    const file = (await app.inject(`/v1/credit-files/${uscc}`)).json<CreditFile>()
    const view = { language: 'zh', file, rulebook: builtInRulebook, today: file.asOf, publicUrl: '' } as const
    const times = { json: [] as number[], page: [] as number[], render: [] as number[] }
    const measured = {
      json: () => app.inject(`/v1/credit-files/${uscc}`),
      page: () => app.inject(`/credit-files/${uscc}`),
      render: async () => creditFilePage(view),
    }
    const warmUp = 50
    for (let i = 0; i < Number(values.n) + warmUp; i += 1) {
      for (const name of ['json', 'page', 'render'] as const) {
        const start = performance.now()
        await measured[name]()
        if (i >= warmUp) times[name].push(performance.now() - start)
      }
    }
    const [json, page, render] = [median(times.json), median(times.page), median(times.render)]
    say(
      `${what}: JSON ${json.toFixed(2)} ms, page ${page.toFixed(2)} ms (${(page / json).toFixed(2)} times), of it rendering ${render.toFixed(2)} ms`,
    )
  }
} finally {
  await app.close()
  await database.drop()
}
