import { readFile } from 'node:fs/promises'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { enterprise, trader, useStaff } from '../listings/staff.ts'
import { browserPath, openBrowser } from './browser.ts'
import { exampleJob, fillWorkplace, type Role, type Workplace } from './staff-pages.ts'

describe.runIf(browserPath !== null)('in browsers that run no script', () => {
  const staff = useStaff('2026-11-25T04:00:00.000Z', { PUBLIC_URL: 'http://127.0.0.1' }, [exampleJob])
  let place: Workplace
  let browser: Browser
  let address: string

  beforeAll(async () => {
    place = await fillWorkplace(staff)
    address = await staff.service().app.listen({ port: 0, host: '127.0.0.1' })
    browser = await openBrowser()
  }, 120_000)
  afterAll(() => browser.close())

  /** A browser of somebody's own, in which they have signed in. */
  async function signIn(role: Exclude<Role, 'anybody'>): Promise<Page> {
    const context = await browser.newContext({ javaScriptEnabled: false, locale: 'zh-CN', acceptDownloads: true })
    const page = await context.newPage()
    await page.goto(`${address}/sign-in`)
    await page.getByLabel('密钥').fill(place.keys[role])
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: '退出' }).waitFor()
    return page
  }

  /** Moves on by Tab alone until this has the focus. */
  async function tabTo(page: Page, selector: string): Promise<void> {
    for (let i = 0; i < 80; i += 1) {
      await page.keyboard.press('Tab')
      if ((await page.locator(`${selector}:focus`).count()) > 0) return
    }
    throw new Error(`the keyboard never reaches ${selector}`)
  }

  it('a clerk lists a business by keyboard alone, and a colleague approves', async () => {
    const clerk = await signIn('clerk')
    await clerk.goto(`${address}/staff/decisions/new?uscc=${enterprise}&list=abnormal&decidedOn=2026-11-20`)
    await tabTo(clerk, '#groundCode')
    await clerk.keyboard.type('ABN-68-4-3')
    await tabTo(clerk, '#decisionNumber')
    await clerk.keyboard.type('云市监决〔2026〕88号')
    await tabTo(clerk, '#authority')
    await clerk.keyboard.type('云州市市场监督管理局')
    await tabTo(clerk, '[name="facts.summary"]')
    await clerk.keyboard.type('公示信息隐瞒真实情况')
    await tabTo(clerk, '.submit button')
    await clerk.keyboard.press('Enter')
    // The law asks for the day on which it was established.
    await clerk.locator('.faults').waitFor()
    expect(await clerk.locator('[id="facts.establishedOn-fault"]').innerText()).toMatch(/依据/)
    expect(await clerk.locator('#decisionNumber').inputValue()).toBe('云市监决〔2026〕88号')
    await clerk.getByLabel('查实或期限届满之日').fill('2026-11-18')
    await clerk.getByRole('button', { name: '提交审批' }).click()
    expect(await clerk.getByRole('status').innerText()).toBe('已提交，等待另一人审批。')
    expect(await clerk.getByRole('button', { name: '批准', exact: true }).count()).toBe(0)
    const proposal = clerk.url().split('?')[0] ?? ''

    const chief = await signIn('chief')
    await chief.goto(`${address}/staff`)
    await chief.locator(`a[href="${new URL(proposal).pathname}"]`).click()
    expect(await chief.locator('main').innerText()).toContain('隐瞒真实情况')
    await tabTo(chief, 'form[action$="/approve"] button')
    await chief.keyboard.press('Enter')
    expect(await chief.getByRole('status').innerText()).toBe('已批准，名单已经改变。')
    await chief.goto(`${address}/credit-files/${enterprise}`)
    expect(await chief.locator('main').innerText()).toContain('云市监决〔2026〕88号')
  }, 60_000)

  it('an agency confirms a lift, and is asked no more', async () => {
    const agency = await signIn('agency')
    await agency.getByRole('link', { name: '本部门指令' }).click()
    const lift = agency.locator('.items > li', { hasText: '待解除' })
    expect(await lift.count()).toBe(1)
    await lift.getByRole('checkbox').check()
    await agency.getByLabel('回执', { exact: true }).selectOption('lifted')
    await agency.getByLabel('本部门文号').fill('云财〔2026〕12号')
    await agency.getByRole('button', { name: '提交回执' }).click()
    expect(await agency.getByRole('status').innerText()).toContain('已接受 1 条')
    expect(await agency.locator('.items > li', { hasText: '待解除' }).count()).toBe(0)
    const clerk = await signIn('clerk')
    await clerk.goto(`${address}/staff/orders?agency=mof&status=lifted`)
    expect(await clerk.locator('.items > li').count()).toBe(1)
  }, 60_000)

  it('a platform checks its sellers by a file and takes the results home', async () => {
    const platform = await signIn('platform')
    await platform.getByRole('link', { name: '商家核验' }).click()
    await platform.getByLabel('CSV 文件').setInputFiles({
      name: 'sellers.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from(`编号,统一社会信用代码,名称\n=1+1,${enterprise},甲\nb,${trader},乙\nc,9199,丙\n`),
    })
    await platform.getByRole('button', { name: '开始核验' }).click()
    const table = platform.getByRole('table')
    expect(await table.getByRole('row').count()).toBe(4)
    expect(await table.getByRole('row').nth(1).innerText()).toContain('在经营异常名录')
    expect(await table.getByRole('row').nth(3).innerText()).toContain('代码无效')
    const [download] = await Promise.all([
      platform.waitForEvent('download'),
      platform.getByRole('link', { name: '下载结果（CSV）' }).click(),
    ])
    const csv = await readFile(await download.path(), 'utf8')
    expect(csv).toContain(`'=1+1,${enterprise}`)
    expect(csv).not.toMatch(/^=/m)
  }, 60_000)
})
