import type { z } from 'zod'
import type { Language } from '../../platform/language.ts'
import { problems } from '../../platform/problem.ts'
import type { SourceItem, sourceList } from '../../sources/schemas.ts'
import { Fact, Moment, visible } from '../parts.tsx'
import { bodyOf, type Field } from '../workspace/form.ts'
import { Fields, Form, Submit, type Refused } from '../workspace/form-parts.tsx'
import { workspacePage } from '../workspace/frame.tsx'
import { Done } from '../workspace/list-parts.tsx'
import type { Pages, Visit } from '../workspace/visit.ts'
import { wordOf } from '../workspace/words.tsx'
import { sources as texts } from './source-texts.ts'
import { fields, quarantine } from './texts.ts'

type Sources = z.output<typeof sourceList>

const home = '/staff/sources'

const resumeFields: readonly Field[] = [
  { name: 'reason', kind: 'long', label: fields.reason, hint: texts.reasonHint, required: true },
  { name: 'accept', kind: 'check', label: texts.accept },
]

/** A form that resumes a source and was refused. */
type RefusedResume = Refused & { collection: string }

/** How the sources behave, and letting one be pulled again. */
export function registerSourcePages(pages: Pages): void {
  const list = async (visit: Visit, refused?: RefusedResume) =>
    listPage({ ...visit, path: home }, await visit.api.get<Sources>('/v1/sources'), refused)

  pages.get(home, async (visit) => ({ html: await list(visit) }))

  pages.post(`${home}/:collection/resume`, async (visit) => {
    const { form, api, params } = visit
    const { collection = '' } = params
    const path = `/v1/sources/${encodeURIComponent(collection)}/resume`
    const { problem } = await api.send<SourceItem>('POST', path, bodyOf(resumeFields, form), form.text('_once'))
    if (problem === undefined) return { to: `${home}?done=resumed` }
    if (problem.code === 'insufficient-scope') throw problem
    return { html: await list(visit, { collection, form, problem }), status: problems[problem.code].status }
  })
}

const isAlert = ({ status }: SourceItem) => status === 'stopped' || status === 'open-circuit'
const mayBeResumed = ({ status, retryAt }: SourceItem) => status === 'stopped' || retryAt !== null

function listPage(visit: Visit, { items }: Sources, refused?: RefusedResume): string {
  const { language } = visit
  // A source that is not stopped has no form to show its refusal at.
  const isLost =
    refused !== undefined && !items.some((source) => source.collection === refused.collection && mayBeResumed(source))
  return workspacePage(visit, {
    title: texts.title[language],
    section: home,
    children: (
      <>
        <h1>{texts.title[language]}</h1>
        <p class="lead">{texts.lead[language]}</p>
        <Done visit={visit} texts={texts.done} />
        {isLost && <Fields language={language} fields={[]} refused={refused} />}
        {items.map((source) => (
          <Source
            key={source.collection}
            source={source}
            visit={visit}
            refused={refused?.collection === source.collection ? refused : undefined}
          />
        ))}
      </>
    ),
  })
}

function Source(props: { source: SourceItem; visit: Visit; refused: Refused | undefined }) {
  const { source, visit, refused } = props
  const { language } = visit
  const { collection, reason, detail, since, retryAt, failures, openInQuarantine } = source
  const moment = (at: string | null) => at !== null && <Moment at={at} language={language} />
  return (
    <section aria-labelledby={collection}>
      <h2 id={collection}>
        {wordOf(quarantine.collections, collection, language)}{' '}
        <span class={isAlert(source) ? 'tag alert' : 'tag'}>{texts.statuses[source.status][language]}</span>
        {source.inProgress && <span class="tag">{texts.inProgress[language]}</span>}
      </h2>
      <dl class="facts">
        <Fact term={texts.why[language]}>{reason !== null && wordOf(texts.reasons, reason, language)}</Fact>
        <Fact term={texts.detail[language]}>{detail !== null && <bdi>{visible(detail)}</bdi>}</Fact>
        <Fact term={texts.since[language]}>{moment(since)}</Fact>
        <Fact term={texts.failures[language]}>{failures > 0 && String(failures)}</Fact>
        <Fact term={texts.retryAt[language]}>{moment(retryAt)}</Fact>
        <Fact term={texts.lastComplete[language]}>
          {moment(source.lastCompletePullAt) || texts.never[language]}
          {source.ageSeconds !== null && ` · ${ageText(source.ageSeconds, language)}`}
        </Fact>
        <Fact term={texts.watermark[language]}>{moment(source.watermark)}</Fact>
        <Fact term={texts.lastRead[language]}>{moment(source.lastReadAt)}</Fact>
        <Fact term={texts.held[language]}>{source.heldRecords.toLocaleString('en')}</Fact>
        <Fact term={texts.quarantine[language]}>
          {openInQuarantine > 0 && (
            <a href={`/staff/quarantine?collection=${collection}`}>{openInQuarantine.toLocaleString('en')}</a>
          )}
        </Fact>
      </dl>
      {mayBeResumed(source) && (
        <details open={refused !== undefined}>
          <summary>{texts.resume[language]}</summary>
          <Form visit={visit} action={`${home}/${collection}/resume`}>
            <Fields language={language} fields={resumeFields} refused={refused} prefix={`${collection}-`} />
            <Submit label={texts.resume[language]} />
          </Form>
        </details>
      )}
    </section>
  )
}

const units = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
] as const

/** How long ago, in the largest unit that fills one. */
function ageText(seconds: number, language: Language): string {
  const [unit, size] = units.find(([, length]) => seconds >= length) ?? ['minute', 60]
  return new Intl.RelativeTimeFormat(language === 'zh' ? 'zh-CN' : 'en').format(-Math.floor(seconds / size), unit)
}
