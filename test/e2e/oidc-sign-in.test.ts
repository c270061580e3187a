import type { AddressInfo } from 'node:net'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  clientId,
  clientSecret,
  makeKeys,
  placeOfProvider,
  startProvider,
  type TestProvider,
} from '../partners/provider.ts'
import { startTestService, type TestService } from '../support/service.ts'
import { looks, openContext, overflowOf, violationsOf } from './accessibility.ts'
import { browserPath, openBrowser } from './browser.ts'
import { takePicture } from './pictures.ts'

describe.runIf(browserPath !== null)('a member of staff in Chromium', () => {
  let service: TestService
  let provider: TestProvider
  let browser: Browser
  // Another host than the provider's: by port alone the two would be one site, and a strict cookie would come along.
  let address = ''

  beforeAll(async () => {
    const place = await placeOfProvider()
    const settings = { OIDC_ISSUER: place.issuer, OIDC_CLIENT_ID: clientId, OIDC_CLIENT_SECRET: clientSecret }
    service = await startTestService(undefined, settings, [], { publicUrl: () => address })
    await service.app.listen({ port: 0, host: '127.0.0.1' })
    address = `http://localhost:${(service.app.server.address() as AddressInfo).port}`
    const people = { clerk: ['decisions:propose'], stranger: [] }
    provider = await startProvider(await makeKeys('first'), people, place, `${address}/sign-in/oidc/callback`)
    browser = await openBrowser()
  }, 120_000)
  afterAll(async () => {
    await browser.close()
    await provider.close()
    await service.close()
  })

  /** From a page that asks for a session to the provider, and through its pages for developers. */
  async function signIn(subject: string) {
    const context = await browser.newContext({ locale: 'zh-CN', bypassCSP: true })
    const page = await context.newPage()
    await page.goto(`${address}/staff/decisions?status=proposed`)
    expect(await violationsOf(page)).toEqual([])
    await page.getByRole('link', { name: '前往单位登录页' }).click()
    await page.waitForURL(`${provider.issuer}/**`)
    await page.locator('input[name=login]').fill(subject)
    await page.locator('input[name=password]').fill('any')
    await page.getByRole('button', { name: 'Sign-in' }).click()
    await page.getByRole('button', { name: 'Continue' }).click()
    return page
  }

  it('signs in at the identity provider and comes to the page that asked for it, with a strict cookie', async () => {
    const page = await signIn('clerk')
    await page.waitForURL(`${address}/staff/decisions?status=proposed`)
    expect(await page.locator('.who').innerText()).toContain('某人 clerk')
    const cookies = await page.context().cookies(address)
    expect(cookies.map(({ name, sameSite, httpOnly }) => ({ name, sameSite, httpOnly }))).toEqual([
      { name: 'xinjian-session', sameSite: 'Strict', httpOnly: true },
    ])
    await page.getByRole('button', { name: '退出' }).click()
    expect(await page.getByRole('status').innerText()).toBe('已退出登录。')
    await page.context().close()
  }, 60_000)

  it('reads the page on the smallest telephone and in the dark as well', async () => {
    for (const look of looks) {
      const context = await openContext(browser, look)
      const page = await context.newPage()
      await page.goto(`${address}/sign-in`)
      await takePicture(page, `sign-in-oidc-${look.width}-${look.colorScheme}-${look.locale.slice(0, 2)}`)
      expect([look, await violationsOf(page), await overflowOf(page)]).toEqual([look, [], 0])
      await context.close()
    }
  }, 60_000)

  it('without rights here reads why, and has no session', async () => {
    const page = await signIn('stranger')
    expect(await page.getByRole('alert').innerText()).toContain('没有使用本系统的权限')
    await takePicture(page, 'sign-in-oidc-refused')
    expect(await violationsOf(page)).toEqual([])
    expect(await page.context().cookies(address)).toEqual([])
    await page.context().close()
  }, 60_000)
})
