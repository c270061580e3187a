import type { ComponentChildren } from 'preact'
import type { Language, Text } from '../../platform/language.ts'
import { renderPage, type PageFrame } from '../layout.tsx'
import { Written } from '../parts.tsx'
import type { Session } from '../../sessions/service.ts'
import { queryOf } from './api.ts'
import { workspace as texts } from './texts.ts'
import { maySome, type OpenLook, type Visit } from './visit.ts'

interface NavEntry {
  href: string
  text: Text
  /** Who sees it: with one of these scopes; everybody without any. */
  scopes: readonly string[]
}

const decisions = ['decisions:propose', 'decisions:approve', 'admin']

/** The sections of the workspace in their order; who may do nothing in one does not see it. */
const sections: readonly NavEntry[] = [
  { href: '/staff', text: texts.workList, scopes: decisions },
  { href: '/staff/decisions', text: texts.decisions, scopes: decisions },
  { href: '/staff/objections', text: texts.objections, scopes: decisions },
  { href: '/staff/repairs', text: texts.repairs, scopes: decisions },
  { href: '/staff/orders', text: texts.orders, scopes: decisions },
  { href: '/staff/publish', text: texts.publish, scopes: ['registry:write'] },
  { href: '/staff/sources', text: texts.sources, scopes: ['registry:write', 'admin'] },
  { href: '/staff/quarantine', text: texts.quarantine, scopes: ['registry:write', 'admin'] },
  { href: '/staff/leads', text: texts.leads, scopes: ['registry:write', 'decisions:propose', 'admin'] },
  { href: '/staff/jobs', text: texts.jobs, scopes: ['registry:write', 'admin'] },
  { href: '/staff/partners', text: texts.partners, scopes: ['admin'] },
  { href: '/staff/audit', text: texts.audit, scopes: ['admin'] },
  { href: '/partners', text: texts.start, scopes: ['feed', 'screening'] },
  { href: '/partners/orders', text: texts.ownOrders, scopes: ['feed'] },
  { href: '/partners/subscriptions', text: texts.subscriptions, scopes: ['feed', 'screening'] },
  { href: '/partners/screenings', text: texts.screenings, scopes: ['screening'] },
  { href: '/partners/monitors', text: texts.monitors, scopes: ['screening'] },
]

/** Where somebody begins after signing in: the first section that is theirs. */
export function homeOf(session: Session): string {
  return sections.find(({ scopes }) => maySome(session, ...scopes))?.href ?? '/account'
}

interface WorkspacePage {
  title: string
  /** The section it belongs to. */
  section?: string
  /** Wide tables take the whole window. */
  isWide?: boolean
  /** The page that the browser goes on to by itself. */
  goesOnTo?: string
  children: ComponentChildren
}

/** A page of the workspace: the layout of the site with the sections of who has signed in. */
export function workspacePage(look: OpenLook | Visit, page: WorkspacePage): string {
  const { title, section, isWide, goesOnTo, children } = page
  const { language, path, query } = look
  const visit = 'session' in look ? look : look.visit
  const { done: _, lang: __, ...lasting } = query
  return renderPage({
    language,
    title,
    here: `${path}${queryOf(lasting)}`,
    isPrivate: true,
    hasSearch: true,
    ...(section !== undefined && { current: section }),
    ...(isWide === true && { isWide }),
    ...(goesOnTo !== undefined && { goesOnTo }),
    ...frameOf(visit),
    children,
  })
}

/** The sections of who has signed in, and the way out. */
export function frameOf(visit: Visit | null): PageFrame {
  const styles = ['workspace.css'] as const
  return visit === null ? { styles } : { styles, area: areaOf(visit), account: <Account visit={visit} /> }
}

function areaOf({ language, session }: Visit) {
  const links = sections
    .filter(({ scopes }) => maySome(session, ...scopes))
    .map(({ href, text }) => ({ href, text: text[language] }))
  return { label: texts.sections[language], links }
}

/** Who is signed in, with the way out. */
function Account({ visit: { language, session, formToken } }: { visit: Visit }) {
  return (
    <form class="who" method="post" action="/sign-out">
      <a href="/account">
        <Written text={session.name} />
      </a>
      <input type="hidden" name="_form" value={formToken} />
      <button type="submit">{texts.signOut[language]}</button>
    </form>
  )
}

/** Punctuation that differs by language. */
export const colon = (language: Language) => (language === 'zh' ? '：' : ': ')
