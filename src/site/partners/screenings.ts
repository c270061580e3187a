import type { z } from 'zod'
import { problems } from '../../platform/problem.ts'
import type { KeptScreening, ScreeningAnswer, screeningPage } from '../../screening/schemas.ts'
import type { Pages, Visit } from '../workspace/visit.ts'
import { resultsCsv } from './results-csv.ts'
import { screeningDetail, screeningList } from './screening-pages.tsx'
import { uploadedCandidates } from './upload.ts'

const home = '/partners/screenings'
/** As many as a call of the API takes (contract section 3). */
const mostRows = 1000

/** A platform checks its sellers from a file; each screening is kept as evidence (contract section 3). */
export function registerScreeningPages(pages: Pages): void {
  const path = ({ params }: Visit) => `/v1/screenings/${encodeURIComponent(params['id'] ?? '')}`
  const list = async ({ api, query }: Visit) =>
    api.get<z.output<typeof screeningPage>>('/v1/screenings', { cursor: query['cursor'] })

  pages.get(home, async (visit) => ({ html: screeningList(visit, await list(visit)) }))

  pages.post(home, async (visit) => {
    const { form, api } = visit
    const { candidates, problem } = uploadedCandidates(form, mostRows)
    const sent =
      problem === undefined
        ? await api.send<ScreeningAnswer>('POST', '/v1/screenings', { candidates }, form.text('_once'))
        : { problem }
    if (sent.problem === undefined) return { to: `${home}/${sent.body.screeningId}` }
    const { status } = problems[sent.problem.code]
    if (sent.problem.code === 'insufficient-scope') throw sent.problem
    return { html: screeningList(visit, await list(visit), { form, problem: sent.problem }), status }
  })

  pages.get(`${home}/:id`, async (visit) => ({
    html: screeningDetail(visit, await visit.api.get<KeptScreening>(path(visit))),
  }))

  pages.get(`${home}/:id/results.csv`, async (visit) => ({
    file: `screening-${fileName(visit)}.csv`,
    type: 'text/csv; charset=utf-8',
    text: resultsCsv(await visit.api.get<KeptScreening>(path(visit)), visit.language),
  }))

  pages.get(`${home}/:id/certificate`, async (visit) => ({
    file: `screening-${fileName(visit)}.jws`,
    type: 'application/jose',
    text: await visit.api.text(`${path(visit)}/certificate`),
  }))
}

function fileName({ params }: Visit): string {
  return (params['id'] ?? '').replaceAll(/[^0-9a-f-]/g, '')
}
