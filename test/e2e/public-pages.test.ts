import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { serious, shopOfSerious, useSite } from '../site/site.ts'
import { cutOffIn, looks, openContext, overflowOf, violationsOf } from './accessibility.ts'
import { browserPath, openBrowser } from './browser.ts'
import { publicPages } from './pages.ts'
import { takePicture } from './pictures.ts'

describe.runIf(browserPath !== null)('the public pages in Chromium', () => {
  const site = useSite()
  let browser: Browser
  let address: string
  const pages = () => [...publicPages, `/cases/${site.caseId()}`]

  beforeAll(async () => {
    address = await site.service().app.listen({ port: 0, host: '127.0.0.1' })
    browser = await openBrowser()
  })
  afterAll(() => browser.close())

  it.each(looks)('break no rule of axe-core, and need no scrolling sideways: %j', async (look) => {
    const context = await openContext(browser, look)
    const page = await context.newPage()
    const found: unknown[] = []
    for (const [i, path] of pages().entries()) {
      await page.goto(address + path)
      // What is folded away is a part of the page too.
      for (const summary of await page.locator('summary').all()) await summary.click()
      const { width, colorScheme, locale } = look
      await takePicture(page, `${String(i).padStart(2, '0')}-public-${width}-${colorScheme}-${locale.slice(0, 2)}`)
      const violations = await violationsOf(page)
      const overflow = await overflowOf(page)
      if (violations.length > 0 || overflow > 0) found.push({ path, violations, overflow })
    }
    await context.close()
    expect(found).toEqual([])
  })

  it('need no scrolling sideways at a zoom of 200%', async () => {
    const context = await openContext(browser, { locale: 'en-US', colorScheme: 'light', width: 640, height: 512 })
    const page = await context.newPage()
    for (const path of pages()) {
      await page.goto(address + path)
      expect([path, await overflowOf(page), await cutOffIn(page)]).toEqual([path, 0, []])
    }
    await context.close()
  })

  it('load all that they refer to, and break no rule of their own content policy', async () => {
    const context = await browser.newContext({ locale: 'zh-CN', colorScheme: 'dark' })
    const page = await context.newPage()
    const faults = faultsOf(page)
    for (const path of pages()) {
      await page.goto(address + path)
      await page.locator('footer.site').scrollIntoViewIfNeeded()
      await page.waitForLoadState('networkidle')
      const broken = await page
        .locator('img')
        .evaluateAll(
          (images) =>
            images.filter(
              (image) => (image as HTMLImageElement).complete && (image as HTMLImageElement).naturalWidth === 0,
            ).length,
        )
      expect([path, broken]).toEqual([path, 0])
    }
    await context.close()
    expect(faults).toEqual([])
  })

  it('lead a shopper with the keyboard alone from a pasted shop link to the serious violator', async () => {
    const context = await browser.newContext({ locale: 'zh-CN' })
    const page = await context.newPage()
    await page.goto(address)
    await page.keyboard.press('Tab')
    expect(await focused(page)).toMatchObject({ text: '跳到正文', visible: true })
    await page.keyboard.press('Enter')
    await page.keyboard.press('Tab')
    expect(await focused(page)).toMatchObject({ tag: 'INPUT', visible: true })
    await page.keyboard.insertText(`【超值】${shopOfSerious}?spm=1 复制打开`)
    await page.keyboard.press('Enter')
    await page.waitForURL(`${address}/credit-files/${serious}`)
    expect(await page.locator('.standing h2').innerText()).toBe('已被列入严重违法失信名单')
    await context.close()
  })

  it('let the keyboard reach every link, field and fold, each with a focus that is seen', async () => {
    const context = await browser.newContext({ locale: 'zh-CN' })
    const page = await context.newPage()
    for (const path of [`/credit-files/${serious}`, '/lists/serious-violator', '/statistics', '/rulebook']) {
      await page.goto(address + path)
      const all = await page.locator('a[href], button:not([hidden]), input, select, summary, [tabindex="0"]').count()
      const reached = new Set<string>()
      // A date has several stops of its own.
      for (let i = 0; i < all * 4; i += 1) {
        await page.keyboard.press('Tab')
        const at = await focused(page)
        if (at.tag === 'BODY') break
        expect([path, at.html, at.visible]).toEqual([path, at.html, true])
        reached.add(at.place)
      }
      expect([path, reached.size]).toEqual([path, all])
    }
    await context.close()
  })

  it('are shown in the language that is chosen, from then on', async () => {
    const context = await browser.newContext({ locale: 'zh-CN' })
    const page = await context.newPage()
    await page.goto(`${address}/lists/serious-violator?status=in-force`)
    await page.getByRole('link', { name: 'English' }).click()
    expect(page.url()).toContain('status=in-force')
    expect(await page.locator('h1').innerText()).toBe('Serious-violator list')
    await page.getByRole('link', { name: 'Warnings' }).click()
    expect(await page.locator('html').getAttribute('lang')).toBe('en')
    await context.close()
  })

  it('suggest names while one is typed', async () => {
    const page = await browser.newPage({ locale: 'zh-CN' })
    await page.goto(address)
    await page.getByRole('combobox').fill('示例2号')
    const option = page.locator('#q-names option').first()
    await option.waitFor({ state: 'attached' })
    expect(await option.getAttribute('value')).toBe('虚构省示例2号贸易有限公司')
    await page.close()
  })

  it('print a credit file on one sheet of A4', async () => {
    const page = await browser.newPage({ locale: 'zh-CN' })
    for (const path of publicPages.filter((each) => each.endsWith('/print'))) {
      await page.goto(address + path)
      const pdf = await page.pdf({ preferCSSPageSize: true })
      expect([path, pdf.toString('latin1').match(/\/Type ?\/Page\b/g)?.length]).toEqual([path, 1])
    }
    await page.close()
  })

  it('filter a list by its form', async () => {
    const page = await browser.newPage({ locale: 'en-US', javaScriptEnabled: false })
    await page.goto(`${address}/lists/serious-violator`)
    const rows = page.locator('tbody tr')
    expect(await rows.count()).toBe(2)
    await page.getByLabel('Part of a name').fill('12号')
    await page.getByRole('button', { name: 'Apply' }).click()
    expect(await rows.count()).toBe(1)
    expect(await rows.first().innerText()).toContain(serious)
    await page.close()
  })
})

/** What goes wrong on a page while it is loaded. */
function faultsOf(page: Page): string[] {
  const faults: string[] = []
  page.on('console', (message) => faults.push(message.text()))
  page.on('requestfailed', (request) => faults.push(`failed: ${request.url()}`))
  page.on('response', (response) => {
    if (response.status() >= 400) faults.push(`${response.status()} ${response.url()}`)
  })
  return faults
}

/** What has the focus: what it is, where it stands among all elements, and whether its focus is seen. */
async function focused(page: Page) {
  return page.evaluate(() => {
    const element = document.activeElement ?? document.body
    const style = getComputedStyle(element)
    const box = element.getBoundingClientRect()
    return {
      tag: element.tagName,
      text: element.textContent.trim(),
      html: element.outerHTML.slice(0, 100),
      place: String([...document.querySelectorAll('*')].indexOf(element)),
      visible: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2 && box.bottom > 0 && box.width > 0,
    }
  })
}
