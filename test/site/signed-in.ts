import type { TestService } from '../support/service.ts'

export interface PageAnswer {
  status: number
  location: string | undefined
  body: string
  headers: Record<string, unknown>
}

/** A browser's part in the tests of pages: it has a cookie, and fills in the forms that it was sent. */
export interface Visitor {
  cookie: string
  get: (url: string, headers?: Record<string, string>) => Promise<PageAnswer>
  /** Sends the form whose action this is, from the page it stands on, with these fields filled in. */
  submit: (page: string, action: string, fields?: Record<string, string | string[]>) => Promise<PageAnswer>
  /** Sends what no page of ours sent. */
  post: (url: string, body: string, headers?: Record<string, string>) => Promise<PageAnswer>
}

const formType = 'application/x-www-form-urlencoded'
export const sameOrigin = { 'sec-fetch-site': 'same-origin' }

const answerOf = (response: { statusCode: number; body: string; headers: Record<string, unknown> }): PageAnswer => ({
  status: response.statusCode,
  location: response.headers['location'] as string | undefined,
  body: response.body,
  headers: response.headers,
})

export async function signInAs(service: () => TestService, key: string, language = 'en'): Promise<Visitor> {
  const { app } = service()
  const answer = await app.inject({
    ...{ method: 'POST', url: '/sign-in', payload: new URLSearchParams({ key }).toString() },
    headers: { ...sameOrigin, 'content-type': formType },
  })
  const cookie = String(answer.headers['set-cookie']).split(';')[0] ?? ''
  const get: Visitor['get'] = async (url, headers = {}) =>
    answerOf(await app.inject({ url, headers: { cookie, 'accept-language': language, ...headers } }))
  const post: Visitor['post'] = async (url, payload, headers = sameOrigin) =>
    answerOf(
      await app.inject({
        ...{ method: 'POST', url, payload },
        headers: { cookie, 'content-type': formType, 'accept-language': language, ...headers },
      }),
    )
  return {
    cookie,
    get,
    post,
    submit: async (page, action, fields = {}) => {
      const { body } = await get(page)
      const form = body
        .split('<form')
        .find((part) => part.slice(0, part.indexOf('>')).replaceAll('&amp;', '&').includes(`action="${action}"`))
      if (form === undefined) throw new Error(`${page} has no form for ${action}`)
      const sent = new URLSearchParams()
      for (const [, name = '', value = ''] of form
        .split('</form>')[0]!
        .matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g)) {
        sent.append(name, value)
      }
      for (const [name, value] of Object.entries(fields)) {
        for (const one of [value].flat()) sent.append(name, one)
      }
      return post(action, sent.toString())
    },
  }
}
