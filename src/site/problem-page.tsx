import type { Language } from '../platform/language.ts'
import { problems, type Problem, type ProblemCode } from '../platform/problem.ts'
import { renderPage, type PageFrame } from './layout.tsx'
import { Code, Fact, SearchBox, visible } from './parts.tsx'
import { common, problem as texts } from './texts.ts'

/** Explains a problem that the API answers with; its address is the problem's `type` (RFC 9457). */
export function problemPage({
  language,
  code,
  publicUrl,
}: {
  language: Language
  code: ProblemCode
  publicUrl: string
}): string {
  const { status, title, meaning } = problems[code]
  return renderPage({
    language,
    title: title[language],
    canonical: `${publicUrl}/problems/${code}`,
    children: (
      <>
        <h1>{title[language]}</h1>
        <p class="lead">{meaning[language]}</p>
        <dl class="facts">
          <Fact term={texts.code[language]}>
            <Code text={code} />
          </Fact>
          <Fact term={texts.status[language]}>
            <Code text={String(status)} />
          </Fact>
        </dl>
        <p>
          {texts.explained[language]} <a href="/docs">{common.docs[language]}</a>
        </p>
      </>
    ),
  })
}

/** A fault of a page in words; what is not meant for readers is not in a `Problem` (see `toProblem`). */
export function faultPage({
  language,
  here,
  problem,
  requestId,
  frame,
}: {
  language: Language
  /** Path and query that failed. */
  here: string
  problem: Problem
  requestId: string
  /** Of who has signed in. */
  frame: PageFrame
}): string {
  const { status, title, meaning } = problems[problem.code]
  const detail = problem.detail[language]
  return renderPage({
    language,
    title: title[language],
    here,
    isPrivate: true,
    hasSearch: true,
    ...frame,
    children: (
      <>
        <p class="status">
          {texts.status[language]} {status}
        </p>
        <h1>{title[language]}</h1>
        <p class="lead">{visible(detail)}</p>
        {detail !== meaning[language] && <p>{meaning[language]}</p>}
        {status < 500 ? (
          <SearchBox language={language} large />
        ) : (
          <p>
            {texts.requestId[language]} <Code text={requestId} />
          </p>
        )}
        <p>
          <a href="/">{common.backHome[language]}</a>
        </p>
      </>
    ),
  })
}
