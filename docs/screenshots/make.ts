/**
 * `npm run screenshots -- <address>` takes the pictures of these docs from a running demo (`npm start` in another terminal).
 * Everything on them is made up.
 */
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'

const [address = 'http://127.0.0.1:3000'] = process.argv.slice(2)
const first = async (list: string) => {
  const answer = (await (await fetch(`${address}/v1/lists/${list}/entries?limit=1`)).json()) as {
    items: { uscc: string }[]
  }
  return answer.items[0]?.uscc ?? ''
}
const serious = await first('serious-violator')

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
] as const

const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium'
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] })
for (const [name, path, width, colorScheme, locale] of pictures) {
  const context = await browser.newContext({
    viewport: { width, height: width === 320 ? 1200 : 1000 },
    colorScheme,
    locale,
  })
  const page = await context.newPage()
  await page.goto(address + path)
  await page.waitForLoadState('networkidle')
  await page.screenshot({ path: fileURLToPath(new URL(`${name}.png`, import.meta.url)) })
  await context.close()
}
await browser.close()
