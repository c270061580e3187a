import type { Language } from '../../platform/language.ts'
import { Code, Day, Written } from '../parts.tsx'
import { listTexts, orderWords as texts } from './texts.ts'
import { wordOf } from './words.tsx'

interface Order {
  uscc: string
  name: string
  measureCode: string
  label: string
  basis: string
  imposedOn: string
  until: string | null
  respondBy: string | null
  status: string
  executedOn: string | null
  liftReason: string | null
  liftRequestedOn: string | null
  liftedOn: string | null
}

/** What is known of a sanction order, below its title. */
export function OrderFacts({ order, language }: { order: Order; language: Language }) {
  const day = (text: string, on: string | null) =>
    on !== null && (
      <span>
        {text} <Day on={on} language={language} />
      </span>
    )
  return (
    <>
      <p>
        {order.label} <span class="hint">{order.basis}</span>
      </p>
      <p class="meta">
        <Code text={order.uscc} />
        <Code text={order.measureCode} />
        <span>
          {texts.imposedOn[language]} <Day on={order.imposedOn} language={language} />{' '}
          {order.until !== null && (
            <>
              {texts.until[language]} <Day on={order.until} language={language} />
            </>
          )}
        </span>
        {day(texts.executedOn[language], order.executedOn)}
        {day(texts.liftRequestedOn[language], order.liftRequestedOn)}
        {order.liftReason !== null && <span>{wordOf(texts.liftReasons, order.liftReason, language)}</span>}
        {day(texts.liftedOn[language], order.liftedOn)}
      </p>
    </>
  )
}

/** Where an order stands and by when it is to be answered. */
export function OrderState(props: { order: Pick<Order, 'status' | 'respondBy'>; isLate: boolean; language: Language }) {
  const { order, isLate, language } = props
  return (
    <>
      <span class={order.status === 'lift-pending' ? 'tag alert' : 'tag'}>
        {wordOf(texts.status, order.status, language)}
      </span>{' '}
      {order.respondBy !== null && (
        <>
          <span class="hint">{texts.respondBy[language]}</span> <Day on={order.respondBy} language={language} />
        </>
      )}
      {isLate && (
        <>
          {' '}
          <span class="tag alert">{listTexts.overdue[language]}</span>
        </>
      )}
    </>
  )
}

/** The name that a business had when the order went out. */
export function OrderTitle({ name }: { name: string }) {
  return (
    <p class="title">
      <Written text={name} />
    </p>
  )
}
