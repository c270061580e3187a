/**
 * What a credit file costs as a page beside its JSON (issue 7): both asked of the whole service in turn, in one run, on
 * the same business, and the page alone without reading. The ratio of the medians is what counts.
 */
import { performance } from 'node:perf_hooks'
import { parseArgs } from 'node:util'
import { creditFilePage } from '../../src/site/credit-file-page.tsx'
import type { CreditFile } from '../../src/credit-files/schemas.ts'
import { builtInRulebook } from '../../src/rulebook/built-in.ts'
import { listed, seedBusinesses, serious } from '../site/site.ts'
import { startTestService } from '../support/service.ts'

const { values } = parseArgs({ options: { n: { type: 'string', default: '400' } } })
const median = (times: number[]) => times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? NaN

const service = await startTestService()
try {
  await seedBusinesses(service)
  for (const uscc of [listed, serious]) {
    const times: Record<'json' | 'page' | 'render', number[]> = { json: [], page: [], render: [] }
    const file = (await service.app.inject(`/v1/credit-files/${uscc}`)).json<CreditFile>()
    const view = { language: 'zh', file, rulebook: builtInRulebook, today: file.asOf, publicUrl: '' } as const
    const measured = {
      json: () => service.app.inject(`/v1/credit-files/${uscc}`),
      page: () => service.app.inject(`/credit-files/${uscc}`),
      render: async () => creditFilePage(view),
    }
    const warmUp = 50
    for (let i = 0; i < Number(values.n) + warmUp; i += 1) {
      for (const [name, run] of Object.entries(measured) as [keyof typeof times, () => Promise<unknown>][]) {
        const start = performance.now()
        await run()
        if (i >= warmUp) times[name].push(performance.now() - start)
      }
    }
    const [json, page, render] = [median(times.json), median(times.page), median(times.render)]
    process.stdout.write(
      `${uscc}: JSON ${json.toFixed(2)} ms, page ${page.toFixed(2)} ms (${(page / json).toFixed(2)} times), of it rendering ${render.toFixed(2)} ms\n`,
    )
  }
} finally {
  await service.close()
}
