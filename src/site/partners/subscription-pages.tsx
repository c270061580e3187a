import type { z } from 'zod'
import type { Language } from '../../platform/language.ts'
import { maySubscribe, subscriptionTypes } from '../../subscriptions/domain.ts'
import type {
  deliveryPage,
  subscriptionPage,
  subscriptionSchema,
  subscriptionWithSecret,
  testAnswer,
} from '../../subscriptions/schemas.ts'
import { Code, Fact, Moment, visible } from '../parts.tsx'
import type { Field } from '../workspace/form.ts'
import { ButtonForm, Fields, Form, Submit, type Refused } from '../workspace/form-parts.tsx'
import { colon, workspacePage } from '../workspace/frame.tsx'
import { Done, Items, Pager, TableFrame } from '../workspace/list-parts.tsx'
import { listTexts } from '../workspace/texts.ts'
import type { Visit } from '../workspace/visit.ts'
import { optionsOf, wordOf } from '../workspace/words.tsx'
import { words } from '../staff/texts.ts'
import { subscriptions as texts } from './texts.ts'

type Subscription = z.output<typeof subscriptionSchema>
type DeliveryPage = z.output<typeof deliveryPage>

const section = '/partners/subscriptions'

/** What subscribing asks for, with the types of events that the key may have. */
export function newFields({ session, language }: Visit): Field[] {
  const types = subscriptionTypes.filter((type) => maySubscribe(session.principal.scopes, [type]))
  return [
    { name: 'url', kind: 'url', label: texts.url, hint: texts.urlHint, required: true },
    {
      ...{ name: 'types', kind: 'choices', label: texts.types, required: true },
      options: types.map((type) => ({
        value: type,
        label: `${type}${colon(language)}${texts.typeTexts[type][language]}`,
      })),
    },
    {
      ...{ name: 'lists', kind: 'choices', label: texts.lists, hint: texts.listsHint },
      options: optionsOf(words.list, language),
    },
    { name: 'regionCode', kind: 'line', label: texts.regionCode, hint: texts.regionHint },
  ]
}

export const replayFields: readonly Field[] = [
  { name: 'after', kind: 'number', label: texts.after, hint: texts.afterHint, required: true },
]

/** The subscriptions of a partner. */
export function subscriptionList(visit: Visit, { items, next }: z.output<typeof subscriptionPage>): string {
  const { language } = visit
  return workspacePage(visit, {
    title: texts.title[language],
    section,
    children: (
      <>
        <h1>{texts.title[language]}</h1>
        <Done visit={visit} texts={texts.done} />
        <p class="lead">{texts.lead[language]}</p>
        <p>
          <a class="button" href={`${section}/new`}>
            {texts.create[language]}
          </a>
        </p>
        <Items language={language}>
          {items.map((item) => (
            <li key={item.id}>
              <div>
                <p class="title">
                  <a href={`${section}/${item.id}`}>
                    <bdi>{visible(item.url)}</bdi>
                  </a>
                </p>
                <p class="meta">
                  {item.types.map((type) => (
                    <Code key={type} text={type} />
                  ))}
                </p>
              </div>
              <p class="due">
                <State subscription={item} language={language} />
              </p>
            </li>
          ))}
        </Items>
        <Pager visit={visit} next={next} />
      </>
    ),
  })
}

function State({ subscription, language }: { subscription: Subscription; language: Language }) {
  const { status, pauseReason } = subscription
  return (
    <>
      <span class={status === 'paused' ? 'tag alert' : 'tag'}>{texts.statuses[status][language]}</span>{' '}
      {pauseReason !== null && texts.pauseReasons[pauseReason][language]}
    </>
  )
}

/** The form of a new subscription. */
export function newPage(visit: Visit, refused?: Refused): string {
  const { language } = visit
  return workspacePage(visit, {
    title: texts.create[language],
    section,
    children: (
      <>
        <h1>{texts.create[language]}</h1>
        <Form visit={visit} action={`${section}/new`}>
          <Fields language={language} fields={newFields(visit)} refused={refused} />
          <Submit label={texts.create[language]} />
        </Form>
      </>
    ),
  })
}

/** The secret of a subscription, on the one page that ever tells it. */
export function secretPage(visit: Visit, { id, url, secret }: z.output<typeof subscriptionWithSecret>): string {
  const { language } = visit
  return workspacePage(visit, {
    title: texts.secretTitle[language],
    section,
    children: (
      <>
        <h1>{texts.secretTitle[language]}</h1>
        <p>
          <bdi>{visible(url)}</bdi>
        </p>
        <p class="secret">
          <Code text={secret} />
        </p>
        <p>{texts.secretText[language]}</p>
        <p>
          <a class="button" href={`${section}/${id}`}>
            {texts.goOn[language]}
          </a>
        </p>
      </>
    ),
  })
}

interface More {
  refused?: Refused
  tested?: z.output<typeof testAnswer>
}

/** A subscription: where it stands, what may be done with it, and its deliveries. */
export function subscriptionDetail(
  visit: Visit,
  subscription: Subscription,
  deliveries: DeliveryPage,
  { refused, tested }: More,
): string {
  const { language } = visit
  const { id, status } = subscription
  const action = (name: string) => `${section}/${id}/${name}`
  const isReplay = refused !== undefined && refused.form.text('after') !== ''
  return workspacePage(visit, {
    title: texts.one[language],
    section,
    children: (
      <>
        <h1>
          {texts.one[language]}
          {colon(language)}
          <bdi>{visible(subscription.url)}</bdi>
        </h1>
        <Done visit={visit} texts={texts.done} />
        {refused !== undefined && !isReplay && <Fields language={language} fields={[]} refused={refused} />}
        {tested !== undefined && <TestResult tested={tested} language={language} />}
        <dl class="facts">
          <Fact term={texts.status[language]}>
            <State subscription={subscription} language={language} />
          </Fact>
          <Fact term={texts.types[language]}>
            {subscription.types.map((type) => (
              <span key={type}>
                <Code text={type} />{' '}
              </span>
            ))}
          </Fact>
          <Fact term={texts.lists[language]}>
            {subscription.lists?.map((list) => words.list[list][language]).join(' · ') ?? listTexts.all[language]}
          </Fact>
          <Fact term={texts.regionCode[language]}>{subscription.regionCode}</Fact>
          <Fact term={texts.position[language]}>{String(subscription.position)}</Fact>
          <Fact term={texts.attempts[language]}>{subscription.attempts > 0 && String(subscription.attempts)}</Fact>
          <Fact term={texts.nextAttempt[language]}>
            {subscription.nextAttemptAt !== null && <Moment at={subscription.nextAttemptAt} language={language} />}
          </Fact>
          <Fact term={texts.createdAt[language]}>
            <Moment at={subscription.createdAt} language={language} />
          </Fact>
        </dl>
        <section aria-labelledby="actions">
          <h2 id="actions">{texts.actions[language]}</h2>
          <ButtonForm visit={visit} action={action('test')} label={texts.test[language]} />
          {status === 'active' ? (
            <ButtonForm visit={visit} action={action('pause')} label={texts.pause[language]} />
          ) : (
            <ButtonForm visit={visit} action={action('resume')} label={texts.resume[language]} />
          )}
          <ButtonForm visit={visit} action={action('rotate')} label={texts.rotate[language]} />
          <ButtonForm visit={visit} action={action('delete')} label={texts.remove[language]} />
        </section>
        <section aria-labelledby="replay">
          <h2 id="replay">{texts.replayTitle[language]}</h2>
          <Form visit={visit} action={action('replay')}>
            <Fields language={language} fields={replayFields} refused={isReplay ? refused : undefined} />
            <Submit label={texts.replay[language]} />
          </Form>
        </section>
        <section aria-labelledby="deliveries">
          <h2 id="deliveries">{texts.deliveries[language]}</h2>
          <Deliveries items={deliveries.items} language={language} />
          <Pager visit={visit} next={deliveries.next} />
        </section>
      </>
    ),
  })
}

function TestResult({ tested, language }: { tested: z.output<typeof testAnswer>; language: Language }) {
  const { delivered, responseStatus, error, durationMs, responseBody } = tested
  return (
    <div class={delivered ? 'done' : 'faults'} role="status">
      <p>
        {texts.tested[language]}
        {colon(language)}
        {(delivered ? texts.testDelivered : texts.testFailed)[language]} {responseStatus ?? ''}{' '}
        {error !== null && wordOf(texts.errors, error, language)} ({durationMs} ms)
      </p>
      {responseBody !== '' && (
        <p>
          <bdi>{visible(responseBody)}</bdi>
        </p>
      )}
    </div>
  )
}

function Deliveries({ items, language }: { items: DeliveryPage['items']; language: Language }) {
  if (items.length === 0) return <p class="none">{listTexts.none[language]}</p>
  return (
    <TableFrame label={texts.deliveries[language]}>
      <table class="wide stacked">
        <thead>
          <tr>
            {Object.values(texts.columns).map((column) => (
              <th key={column.en} scope="col">
                {column[language]}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {items.map((item) => (
            <tr key={item.id}>
              <th scope="row">
                <Code text={item.type} />
              </th>
              <td data-label={texts.columns.position[language]}>{item.position ?? '–'}</td>
              <td data-label={texts.columns.status[language]}>{texts.deliveryStatuses[item.status][language]}</td>
              <td data-label={texts.columns.answer[language]}>
                {item.responseStatus ?? (item.error === null && '–')}{' '}
                {item.error !== null && texts.errors[item.error][language]}
              </td>
              <td data-label={texts.columns.attempts[language]}>{item.attempts}</td>
              <td data-label={texts.columns.at[language]}>
                <Moment at={item.lastAttemptAt} language={language} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </TableFrame>
  )
}
