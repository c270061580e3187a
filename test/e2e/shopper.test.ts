import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { listLateReporters } from '../../src/listings/service.ts'
import { madeUpUscc, reportItem, subjectItem } from '../support/businesses.ts'
import { startTestService, type TestService } from '../support/service.ts'
import { take } from '../support/take.ts'
import { browserPath, openBrowser } from './browser.ts'

it.skipIf(browserPath === null && !process.env['CI'])(
  'has a Chromium (apt-get install chromium fonts-noto-cjk), which CI must',
  () => {
    expect(browserPath).not.toBeNull()
  },
)

describe.runIf(browserPath !== null)('a shopper in a browser that runs no script', () => {
  let service: TestService
  let browser: Browser
  let page: Page
  let address: string
  const faults: string[] = []

  beforeAll(async () => {
    service = await startTestService()
    const shop = { kind: 'shop', name: '示例旗舰店', url: 'https://mall.example/shop/1' }
    await take(service.db, 'subjects', [subjectItem(1), subjectItem(2)])
    await take(service.db, 'annual-reports', [
      reportItem(1, { year: 2024, publishedOn: '2025-05-01', webPresences: [shop] }),
      reportItem(2),
    ])
    await listLateReporters({ db: service.db, on: '2026-07-08', now: () => service.clock.now() })
    address = await service.app.listen({ port: 0, host: '127.0.0.1' })
    browser = await openBrowser()
    const context = await browser.newContext({ javaScriptEnabled: false, locale: 'zh-CN' })
    page = await context.newPage()
    page.on('console', (message) => faults.push(message.text()))
    page.on('requestfailed', (request) => faults.push(`failed: ${request.url()}`))
    page.on('response', (response) => {
      if (response.status() >= 400) faults.push(`${response.status()} ${response.url()}`)
    })
  })
  afterAll(async () => {
    await browser.close()
    await service.close()
  })

  it('pastes a shared link and reads that the shop is on the abnormal list, since when and why', async () => {
    await page.goto(address)
    await page.getByRole('searchbox').fill('【好物】https://mall.example/shop/1?spm=a1 复制打开')
    await page
      .getByRole('button', { name: '查询' })
      .or(page.getByRole('button', { name: '搜索' }))
      .click()
    expect(page.url()).toBe(`${address}/credit-files/${madeUpUscc(1)}`)
    const text = await page.locator('main').innerText()
    for (const fact of ['列入经营异常名录', '未依照规定的期限公示年度报告', '2026年7月8日', 'ABN-68-4-1']) {
      expect(text).toContain(fact)
    }
  })

  it('finds two businesses by a part of their names and opens the one that is not listed', async () => {
    await page.goto(`${address}/search?q=${encodeURIComponent('虚构省示例')}`)
    await page.getByRole('link', { name: '虚构省示例2号贸易有限公司' }).click()
    expect(page.url()).toContain(madeUpUscc(2))
    expect(await page.locator('main').innerText()).not.toContain('ABN-68-4-1')
  })

  it('never has to scroll sideways, from 320 pixels up', async () => {
    for (const width of [320, 768, 1280]) {
      await page.setViewportSize({ width, height: 800 })
      for (const path of ['/', `/credit-files/${madeUpUscc(1)}`, '/search?q=虚构', '/feed']) {
        await page.goto(address + path)
        const box = await page.locator('html').boundingBox()
        const overflow = await page.locator('body').evaluate((body) => body.scrollWidth - body.clientWidth)
        expect([path, width, overflow, box?.width]).toEqual([path, width, 0, width])
      }
    }
  })

  it('loads everything that the pages refer to, and breaks no rule of their content policy', () => {
    expect(faults).toEqual([])
  })
})
