import axe from 'axe-core'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { useStaff } from '../listings/staff.ts'
import { cutOffIn, overflowOf } from './accessibility.ts'
import { browserPath, openBrowser } from './browser.ts'
import { takePicture } from './pictures.ts'
import { exampleJob, fillWorkplace, type Role, type Workplace } from './staff-pages.ts'

describe.runIf(browserPath !== null)('every page of the workspace', () => {
  const staff = useStaff('2026-11-25T04:00:00.000Z', { PUBLIC_URL: 'http://127.0.0.1' }, [exampleJob])
  let place: Workplace
  let browser: Browser
  let address: string
  const tabs = new Map<Role, { context: BrowserContext; page: Page }>()
  const faults: string[] = []

  beforeAll(async () => {
    place = await fillWorkplace(staff)
    address = await staff.service().app.listen({ port: 0, host: '127.0.0.1' })
    browser = await openBrowser()
  }, 120_000)
  afterAll(() => browser.close())

  /** The tab of somebody, who has signed in. */
  async function tabOf(role: Role): Promise<Page> {
    const open = tabs.get(role)
    if (open !== undefined) return open.page
    const context = await browser.newContext({ locale: 'zh-CN' })
    const page = await context.newPage()
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) faults.push(message.text())
    })
    page.on('response', (response) => {
      if (response.status() >= 400) faults.push(`${response.status()} ${response.url()}`)
    })
    tabs.set(role, { context, page })
    if (role === 'anybody') return page
    await page.goto(`${address}/sign-in`)
    await page.getByLabel('密钥').fill(place.keys[role])
    await page.getByRole('main').getByRole('button', { name: '登录' }).click()
    await page.getByRole('button', { name: '退出' }).waitFor()
    return page
  }

  // Each look in one of the languages: what axe judges of a language (its mark, labels) does not depend on the colours.
  const looks = [
    { colorScheme: 'light', width: 1000, lang: 'zh' },
    { colorScheme: 'dark', width: 1000, lang: 'en' },
    { colorScheme: 'light', width: 320, lang: 'en' },
    { colorScheme: 'dark', width: 320, lang: 'zh' },
  ] as const

  it.each(looks)(
    'has no fault that axe finds and never scrolls sideways: $colorScheme, $width px, $lang',
    async ({ colorScheme, width, lang }) => {
      for (const [i, [role, path]] of place.pages.entries()) {
        const page = await tabOf(role)
        await page.emulateMedia({ colorScheme })
        await page.setViewportSize({ width, height: 900 })
        const url = `${address}${path}${path.includes('?') ? '&' : '?'}lang=${lang}`
        await page.goto(url)
        expect(page.url()).toBe(url)
        // What is folded away is a part of the page too.
        for (const summary of await page.locator('summary').all()) await summary.click()
        // The names on it want to run, to turn the direction and to hide.
        expect([role, path, await page.locator('script:not([src]), [onload]').count()]).toEqual([role, path, 0])
        expect(await page.locator('body').innerText()).not.toMatch(/[\u202a-\u202e\u2066-\u2069]/)
        await takePicture(page, `${String(i).padStart(2, '0')}-${role}-${width}-${colorScheme}-${lang}`)
        const overflow = await page.locator('body').evaluate((body) => body.scrollWidth - body.clientWidth)
        expect([role, path, overflow]).toEqual([role, path, 0])
        await page.evaluate(axe.source)
        const { violations } = await page.evaluate(async () => (globalThis as unknown as { axe: typeof axe }).axe.run())
        const found = violations.map(
          ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join(' | ')}`,
        )
        expect([role, path, ...found]).toEqual([role, path])
      }
    },
    300_000,
  )

  it('needs no scrolling sideways at a zoom of 200%, which leaves 640 by 512 pixels, and cuts nothing off', async () => {
    for (const [role, path] of place.pages) {
      const page = await tabOf(role)
      await page.setViewportSize({ width: 640, height: 512 })
      await page.goto(`${address}${path}${path.includes('?') ? '&' : '?'}lang=en`)
      expect([role, path, await overflowOf(page), await cutOffIn(page)]).toEqual([role, path, 0, []])
      await page.goto(`${address}${path}${path.includes('?') ? '&' : '?'}lang=zh`)
    }
  }, 120_000)

  it('is in the language of the reader, whole', async () => {
    for (const [role, path] of place.pages) {
      const page = await tabOf(role)
      await page.setViewportSize({ width: 1000, height: 900 })
      for (const lang of ['en', 'zh'] as const) {
        await page.goto(`${address}${path}${path.includes('?') ? '&' : '?'}lang=${lang}`)
        const text = await page.locator('main').innerText()
        expect([path, /undefined|\[object|NaN/.exec(text)?.[0]]).toEqual([path, undefined])
        // Names of the register are Chinese in both languages, and marked as such; what names a field or a button is not.
        const labels = await page
          .locator('main :is(label, legend, dt, th[scope=col], button, h2, summary, option, .tag)')
          .evaluateAll((all) => all.map((element) => element.textContent).filter((label) => label.trim() !== ''))
        const foreign = labels.filter(
          (label) => /[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]/.test(label) === (lang === 'en'),
        )
        expect([path, lang, ...foreign.filter((label) => lang === 'en' || !isCode(label))]).toEqual([path, lang])
      }
    }
  }, 120_000)

  it('loads everything that it refers to, and breaks no rule of its content policy', () => {
    expect(faults).toEqual([])
  })
})

/** A code, or a name that is the same in every language. */
const isCode = (label: string) => /^[\w.:-]+$|^(TypeScript|curl)\b/.test(label.trim())
