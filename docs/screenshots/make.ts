/**
 * `npm run screenshots -- <address> <keys.json>` takes the pictures of these docs from a running demo (`npm start` in another
 * terminal), whose people's keys are in `sample/keys.json` of its data folder. Everything on them is made up.
 */
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'

const [address = 'http://127.0.0.1:3000', keyFile = '.data/sample/keys.json'] = process.argv.slice(2)
const keys = JSON.parse(await readFile(keyFile, 'utf8')) as Record<string, string>
const first = async (list: string) => {
  const answer = (await (await fetch(`${address}/v1/lists/${list}/entries?limit=1`)).json()) as {
    items: { uscc: string }[]
  }
  return answer.items[0]?.uscc ?? ''
}
const serious = await first('serious-violator')

/** Name, path, width, colours, language, and who is signed in. */
const pictures = [
  ['home', '/', 1000, 'light', 'zh-CN'],
  ['home-narrow-dark-en', '/', 320, 'dark', 'en-US'],
  ['credit-file', `/credit-files/${serious}`, 1000, 'light', 'zh-CN'],
  ['credit-file-narrow-dark-en', `/credit-files/${serious}`, 320, 'dark', 'en-US'],
  ['print', `/credit-files/${serious}/print`, 1000, 'light', 'zh-CN'],
  ['list', '/lists/serious-violator', 1000, 'light', 'zh-CN'],
  ['warnings', '/warnings', 1000, 'light', 'zh-CN'],
  ['statistics-dark-en', '/statistics', 1000, 'dark', 'en-US'],
  ['rulebook', '/rulebook/exits', 1000, 'light', 'zh-CN'],
  ['cases', '/cases', 1000, 'light', 'zh-CN'],
  ['feed', '/feed', 1000, 'light', 'en-US'],
  ['staff-work-list', '/staff', 1000, 'light', 'zh-CN', 'clerk'],
  ['staff-work-list-narrow-dark-en', '/staff', 320, 'dark', 'en-US', 'clerk'],
  [
    'staff-propose',
    `/staff/decisions/new?uscc=${serious}&list=abnormal&decidedOn=2026-11-20`,
    1000,
    'light',
    'zh-CN',
    'clerk',
  ],
  ['staff-sources', '/staff/sources', 1000, 'light', 'en-US', 'clerk'],
  ['staff-jobs', '/staff/jobs', 1000, 'light', 'zh-CN', 'clerk'],
  ['staff-audit', '/staff/audit', 1000, 'light', 'zh-CN', 'admin'],
  ['agency-orders', '/partners/orders', 1000, 'light', 'zh-CN', 'agency'],
  ['platform-screenings', '/partners/screenings', 1000, 'light', 'zh-CN', 'platform'],
] as const

const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium'
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] })
for (const [name, path, width, colorScheme, locale, person] of pictures) {
  const context = await browser.newContext({
    viewport: { width, height: width === 320 ? 1200 : 1000 },
    colorScheme,
    locale,
  })
  const page = await context.newPage()
  if (person !== undefined) {
    await page.goto(`${address}/sign-in`)
    await page.locator('input[name=key]').fill(keys[person] ?? '')
    await page.locator('main form button').first().click()
    await page.waitForURL((url) => url.pathname !== '/sign-in')
  }
  await page.goto(address + path)
  await page.waitForLoadState('networkidle')
  await page.screenshot({ path: fileURLToPath(new URL(`${name}.png`, import.meta.url)) })
  await context.close()
}
await browser.close()
