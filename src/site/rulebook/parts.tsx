import type { Language } from '../../platform/language.ts'
import { lists } from '../../listings/vocabulary.ts'
import { Code, Day, Section } from '../parts.tsx'
import { entityType, list as listNames } from '../texts.ts'
import { articleNumber, citationsOf } from './citations.ts'
import {
  addressOf,
  Force,
  RuleTable,
  type RulebookPart,
  type RulebookText,
  type RulebookView,
} from './rulebook-page.tsx'
import { rulebook as texts } from './texts.ts'

interface Props {
  law: RulebookText
  language: Language
}

/** The columns that every row has. */
const inForce = (language: Language) =>
  [
    [texts.force, (row: { from: string; to: string | null }) => <Force {...row} language={language} />],
    [texts.evidence, (row: { evidence: string }) => <Code text={row.evidence} />],
  ] as const

export function Instruments({ law, language }: Props) {
  return (
    <>
      <Section id="instruments" title={texts.instruments[language]}>
        <RuleTable
          title={texts.instruments}
          language={language}
          rows={law.instruments}
          keyOf={({ code }) => code}
          columns={[
            [
              texts.instrument,
              ({ code, title }) => (
                <span id={code}>
                  {title} <Code text={code} />
                </span>
              ),
            ],
            [texts.number, ({ number }) => <bdi lang="zh-CN">{number}</bdi>],
            ...inForce(language),
          ]}
        />
      </Section>
      <Section id="versions" title={texts.versions[language]}>
        <RuleTable
          title={texts.versions}
          language={language}
          rows={law.versions}
          keyOf={({ code }) => code}
          columns={[
            [
              texts.code,
              ({ code }) => (
                <span id={code}>
                  <Code text={code} />
                </span>
              ),
            ],
            [texts.governs, ({ governs }) => governs],
            ...inForce(language),
          ]}
        />
        {law.calendarYears.length > 0 && (
          <p class="hint">
            {texts.calendar[language]}
            {language === 'zh' ? '：' : ': '}
            {law.calendarYears.join(language === 'zh' ? '、' : ', ')}
          </p>
        )}
      </Section>
    </>
  )
}

export function Grounds({ law, language }: Props) {
  return lists.map((list) => (
    <Section key={list} id={list} title={listNames[list][language]}>
      <RuleTable
        title={listNames[list]}
        language={language}
        rows={law.grounds.filter((ground) => ground.list === list)}
        keyOf={({ code, from }) => `${code} ${from}`}
        columns={[
          [
            texts.ground,
            ({ code, label }) => (
              <span id={code}>
                {label} <Code text={code} />
              </span>
            ),
          ],
          [texts.article, ({ article }) => article],
          [texts.exitArticle, ({ exitArticle }) => exitArticle],
          [texts.correctionArticle, ({ correctionArticle }) => correctionArticle],
          ...inForce(language),
        ]}
      />
    </Section>
  ))
}

export function Deadlines({ law, language }: Props) {
  return (
    <Section id="deadlines" title={texts.deadlines[language]}>
      <RuleTable
        title={texts.deadlines}
        language={language}
        rows={law.deadlines}
        keyOf={({ code, from }) => `${code} ${from}`}
        columns={[
          [
            texts.step,
            ({ code, fromEvent, actor }) => (
              <span id={code}>
                {texts.from[language]} {fromEvent}
                {language === 'zh' ? '，' : ', '}
                {texts.by[language]} {actor} <Code text={code} />
              </span>
            ),
          ],
          [texts.period, ({ period }) => periodInWords(period, language)],
          [texts.article, ({ article }) => article],
          ...inForce(language),
        ]}
      />
    </Section>
  )
}

/** A period of the rulebook in words; the fields that each unit has are those of `Period`. */
function periodInWords(period: RulebookText['deadlines'][number]['period'], language: Language): string {
  const count = (field: string) => Number(period[field])
  const some = (amount: number, zh: string, en: string) =>
    language === 'zh' ? `${amount}${zh}` : `${amount} ${en}${amount === 1 ? '' : 's'}`
  switch (period['unit']) {
    case 'working-days':
      return some(count('amount'), '个工作日', 'working day')
    case 'days':
      return some(count('amount'), '日', 'day')
    case 'months':
      return some(count('amount'), '个月', 'month')
    case 'years':
      return some(count('amount'), '年', 'year')
    case 'days-between':
      return language === 'zh'
        ? `${count('least')}至${count('most')}日`
        : `${count('least')} to ${count('most')} days after`
    case 'days-before':
      return language === 'zh'
        ? `${count('afterYears') > 0 ? `满${count('afterYears')}年` : ''}前${count('amount')}日`
        : `${some(count('amount'), '', 'day')} before${count('afterYears') > 0 ? ` ${some(count('afterYears'), '', 'year')} are over` : ''}`
    case 'years-then-days':
      return language === 'zh'
        ? `满${count('amount')}年后${count('days')}日`
        : `${some(count('amount'), '', 'year')}, then ${some(count('days'), '', 'day')}`
    default:
      return (period['windows'] as { opensOn: string; closesOn: string }[])
        .map(({ opensOn, closesOn }) => `${opensOn} – ${closesOn}`)
        .join(language === 'zh' ? '、' : ', ')
  }
}

export function Exits({ law, language }: Props) {
  const years = (amount: number | null) => (amount === null ? '—' : texts.years(amount)[language])
  return (
    <>
      <Section id="exits" title={texts.exits[language]}>
        <RuleTable
          title={texts.exits}
          language={language}
          rows={law.exits}
          keyOf={({ grounds, from }) => `${grounds.join()} ${from}`}
          columns={[
            [texts.covers, ({ grounds }) => <Code text={grounds.join(' ')} />],
            [texts.policy, ({ policy }) => texts.policies[policy][language]],
            [
              texts.term,
              ({ termYears }) => (termYears === null ? texts.noTerm[language] : texts.years(termYears)[language]),
            ],
            [texts.early, ({ earlyExitAfterYears }) => years(earlyExitAfterYears)],
            [texts.article, ({ article }) => article],
            ...inForce(language),
          ]}
        />
      </Section>
      <Section id="after-exit" title={texts.afterExit[language]}>
        <RuleTable
          title={texts.afterExit}
          language={language}
          rows={law.publicationAfterExit}
          keyOf={({ list, from }) => `${list} ${from}`}
          columns={[
            [texts.list, ({ list }) => listNames[list][language]],
            [texts.policy, ({ stays }) => (stays ? texts.stays : texts.staysNot)[language]],
            [texts.article, ({ article }) => article],
            ...inForce(language),
          ]}
        />
      </Section>
      {law.reportWindows.length > 0 && (
        <Section id="windows" title={texts.windows[language]}>
          <RuleTable
            title={texts.windows}
            language={language}
            rows={law.reportWindows}
            keyOf={(window) => JSON.stringify(window)}
            columns={[
              [texts.reportYear, ({ reportYear }) => reportYear],
              [
                texts.whom,
                (window) =>
                  window.entityType === null && window.regionPrefix === null
                    ? texts.everybody[language]
                    : `${kindInWords(window.entityType, language)} ${window.regionPrefix ?? ''}`.trim(),
              ],
              [texts.closesOn, ({ closesOn }) => <Day on={closesOn} language={language} />],
              [texts.evidence, ({ evidence }) => <Code text={evidence} />],
            ]}
          />
        </Section>
      )}
    </>
  )
}

function kindInWords(kind: string | null, language: Language): string {
  return kind !== null && Object.hasOwn(entityType, kind) ? entityType[kind as keyof typeof entityType][language] : ''
}

export function Measures({
  law,
  language,
  agencyNames,
  causes,
}: Props & {
  /** Names of agencies by their codes. */
  agencyNames: ReadonlyMap<string, string>
  /** What measures follow from that follow from no list, by their codes. */
  causes: ReadonlyMap<string, string>
}) {
  return (
    <Section id="measures" title={texts.measures[language]}>
      <RuleTable
        title={texts.measures}
        language={language}
        rows={law.measures}
        keyOf={({ code, from }) => `${code} ${from}`}
        columns={[
          [
            texts.measure,
            ({ code, label }) => (
              <span id={code}>
                {label} <Code text={code} />
              </span>
            ),
          ],
          [
            texts.agencies,
            ({ agencies }) =>
              agencies.map((code) => agencyNames.get(code) ?? code).join(language === 'zh' ? '、' : '; ') || '—',
          ],
          [
            texts.follows,
            ({ code, lists: from }) =>
              from.map((list) => listNames[list][language]).join(language === 'zh' ? '、' : ', ') ||
              (causes.get(code) ?? '—'),
          ],
          [
            texts.basis,
            ({ article, basisKind }) => (
              <>
                {article} <span class="tag">{texts.basisKinds[basisKind][language]}</span>
              </>
            ),
          ],
          ...inForce(language),
        ]}
      />
    </Section>
  )
}

interface Use {
  code: string
  part: RulebookPart
}

/** Each law with its articles in their order, and where each is applied. */
export function Articles({ view }: { view: RulebookView }) {
  const { law, language } = view
  const laws = new Map<string, Map<string, Use[]>>()
  const cite = (text: string, use: Use) => {
    for (const { law: name, article } of citationsOf(text, language)) {
      const articles = laws.get(name) ?? new Map<string, Use[]>()
      const uses = articles.get(article) ?? []
      if (!uses.some(({ code, part }) => code === use.code && part === use.part)) uses.push(use)
      laws.set(name, articles.set(article, uses))
    }
  }
  for (const { code, article, exitArticle, correctionArticle } of law.grounds) {
    for (const text of [article, exitArticle, correctionArticle]) cite(text, { code, part: 'grounds' })
  }
  for (const { code, article } of law.deadlines) cite(article, { code, part: 'deadlines' })
  for (const { code, article } of law.measures) cite(article, { code, part: 'measures' })
  return (
    <>
      <p>{texts.articlesLead[language]}</p>
      {[...laws].map(([name, articles], place) => (
        <Section key={name} id={`law-${place}`} title={name}>
          <dl class="facts narrow">
            {[...articles]
              .sort(([a], [b]) => articleNumber(a) - articleNumber(b) || (a < b ? -1 : 1))
              .map(([article, uses]) => (
                <div key={article}>
                  <dt>{article === '' ? '—' : article}</dt>
                  <dd class="codes">
                    {uses.map(({ code, part }) => (
                      <a key={`${part} ${code}`} href={`${addressOf(part, view)}#${code}`}>
                        <Code text={code} />
                      </a>
                    ))}
                  </dd>
                </div>
              ))}
          </dl>
        </Section>
      ))}
    </>
  )
}
