import type { z } from 'zod'
import type { jobList, jobRunPage, jobRunSchema, jobRunWithLog } from '../../job-runs/schemas.ts'
import { problems } from '../../platform/problem.ts'
import { Code, Day, Fact, Moment, visible } from '../parts.tsx'
import { bodyOf, type Field, type Form as SentForm } from '../workspace/form.ts'
import { Fields, Form, Submit, type Refused } from '../workspace/form-parts.tsx'
import { workspacePage } from '../workspace/frame.tsx'
import { Filters, Items, Pager, Raw } from '../workspace/list-parts.tsx'
import { listTexts } from '../workspace/texts.ts'
import type { Pages, Visit } from '../workspace/visit.ts'
import { optionsOf, wordOf } from '../workspace/words.tsx'
import { jobs as texts } from './job-texts.ts'
import { fields } from './texts.ts'

type Jobs = z.output<typeof jobList>
type Run = z.output<typeof jobRunSchema>

const home = '/staff/jobs'

/** The scheduled jobs, their runs with log, and starting one by hand. */
export function registerJobPages(pages: Pages): void {
  const list = async (visit: Visit, refused?: Refused) => {
    const { job, status, cursor } = visit.query
    const jobs = await visit.api.get<Jobs>('/v1/jobs')
    const runs = await visit.api.get<z.output<typeof jobRunPage>>('/v1/job-runs', { job, status, cursor })
    return listPage({ ...visit, path: home }, { jobs, runs, refused })
  }
  pages.get(home, async (visit) => ({ html: await list(visit) }))

  pages.post(home, async (visit) => {
    const { form, api } = visit
    const sent = await api.send<Run>('POST', '/v1/job-runs', startBody(form), form.text('_once'))
    if (sent.problem === undefined) return { to: `${home}/runs/${sent.body.id}` }
    if (sent.problem.code === 'insufficient-scope') throw sent.problem
    return { html: await list(visit, { form, problem: sent.problem }), status: problems[sent.problem.code].status }
  })

  pages.get(`${home}/runs/:id`, async (visit) => {
    const id = encodeURIComponent(visit.params['id'] ?? '')
    return { html: runPage(visit, await visit.api.get<z.output<typeof jobRunWithLog>>(`/v1/job-runs/${id}`)) }
  })
}

const startFields = (jobs: readonly { value: string; label: string }[]): Field[] => [
  { name: 'job', kind: 'choice', label: texts.job, options: jobs, required: true },
  { name: 'on', kind: 'day', label: texts.on, hint: texts.onHint },
  { name: 'dryRun', kind: 'check', label: texts.dryRun },
]

const startBody = (form: SentForm) => bodyOf(startFields([]), form)

interface Shown {
  jobs: Jobs
  runs: z.output<typeof jobRunPage>
  refused: Refused | undefined
}

function listPage(visit: Visit, { jobs, runs, refused }: Shown): string {
  const { language } = visit
  const all = { value: '', label: listTexts.all[language] }
  const names = jobs.items.map(({ name }) => ({ value: name, label: name }))
  return workspacePage(visit, {
    title: texts.title[language],
    section: home,
    children: (
      <>
        <h1>{texts.title[language]}</h1>
        {jobs.leader === null && <p>{texts.noLeader[language]}</p>}
        <Items language={language}>
          {jobs.items.map((job) => (
            <li key={job.name}>
              <div>
                <p class="title">
                  <Code text={job.name} />
                </p>
                <p>{(language === 'zh' ? texts.descriptions[job.name] : undefined) ?? job.description}</p>
                <p class="meta">
                  <span>
                    {texts.next[language]} <Moment at={job.nextSlotAt} language={language} />
                  </span>
                  {job.lastRun !== null && (
                    <a href={`${home}/runs/${job.lastRun.id}`}>
                      {texts.last[language]} <Moment at={job.lastRun.queuedAt} language={language} />
                    </a>
                  )}
                  {job.notReady !== null && <span>{visible(job.notReady)}</span>}
                </p>
              </div>
              <p class="due">{job.lastRun !== null && <Status run={job.lastRun} visit={visit} />}</p>
            </li>
          ))}
        </Items>
        <section aria-labelledby="start">
          <h2 id="start">{texts.start[language]}</h2>
          <Form visit={visit} action={home}>
            <Fields language={language} fields={startFields(names)} refused={refused} />
            <Submit label={texts.start[language]} />
          </Form>
        </section>
        <section aria-labelledby="runs">
          <h2 id="runs">{texts.runs[language]}</h2>
          <Filters
            visit={visit}
            fields={[
              { name: 'job', kind: 'choice', label: texts.job, options: [all, ...names] },
              {
                ...{ name: 'status', kind: 'choice', label: fields.status },
                options: [all, ...optionsOf(texts.statuses, language)],
              },
            ]}
          />
          <Items language={language}>
            {runs.items.map((run) => (
              <li key={run.id}>
                <p>
                  <a href={`${home}/runs/${run.id}`}>
                    <Code text={run.job} /> <Moment at={run.queuedAt} language={language} />
                  </a>
                </p>
                <p class="due">
                  <Status run={run} visit={visit} />
                </p>
              </li>
            ))}
          </Items>
          <Pager visit={visit} next={runs.next} />
        </section>
      </>
    ),
  })
}

function Status({ run, visit: { language } }: { run: Run; visit: Visit }) {
  return (
    <>
      {run.dryRun && <span class="tag">{texts.dryRun[language]}</span>}{' '}
      <span class={run.status === 'failed' ? 'tag alert' : 'tag'}>{wordOf(texts.statuses, run.status, language)}</span>
    </>
  )
}

function runPage(visit: Visit, run: z.output<typeof jobRunWithLog>): string {
  const { language } = visit
  const log = run.log.map(({ at, level, text }) => `${at} ${level} ${visible(text)}`).join('\n')
  return workspacePage(visit, {
    title: run.job,
    section: home,
    children: (
      <>
        <h1>
          <Code text={run.job} />
        </h1>
        <p class="meta">
          <Status run={run} visit={visit} />
        </p>
        <dl class="facts">
          <Fact term={texts.on[language]}>
            <Day on={run.on} language={language} />
          </Fact>
          <Fact term={texts.queued[language]}>
            <Moment at={run.queuedAt} language={language} />
          </Fact>
          <Fact term={texts.started[language]}>
            {run.startedAt !== null && <Moment at={run.startedAt} language={language} />}
          </Fact>
          <Fact term={texts.finished[language]}>
            {run.finishedAt !== null && <Moment at={run.finishedAt} language={language} />}
          </Fact>
          <Fact term={texts.progress[language]}>
            {run.share !== null && `${String(run.share.done)} / ${String(run.share.total)}`}
          </Fact>
          <Fact term={texts.error[language]}>{run.error !== null && <bdi>{visible(run.error)}</bdi>}</Fact>
          {Object.entries(run.counts).map(([name, count]) => (
            <Fact key={name} term={visible(name)}>
              <Code text={JSON.stringify(count)} />
            </Fact>
          ))}
        </dl>
        <section aria-labelledby="log">
          <h2 id="log">{texts.log[language]}</h2>
          {log === '' ? <p class="none">{texts.noLog[language]}</p> : <Raw label={texts.log[language]} text={log} />}
        </section>
      </>
    ),
  })
}
