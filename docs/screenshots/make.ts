/**
 * `npm run screenshots -- <address> <keys.json>` takes the pictures of these docs from a running demo (`npm start` in another
 * terminal), whose people's keys are in `sample/keys.json` of its data folder. Everything on them is made up.
 */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'

const [address = 'http://127.0.0.1:3000', keyFile = '.data/sample/keys.json'] = process.argv.slice(2)
const keys = JSON.parse(await readFile(keyFile, 'utf8')) as Record<string, string>
const listed = async (list: string, limit: number) => {
  const answer = (await (await fetch(`${address}/v1/lists/${list}/entries?limit=${limit}`)).json()) as {
    items: { id: string; uscc: string; name: string }[]
  }
  return answer.items
}
const abnormal = await listed('abnormal', 2)
const sellers = [...(await listed('serious-violator', 2)), ...abnormal]
const serious = sellers[0]?.uscc ?? ''

/** Does something as one of the people, so that there is something to show; what a run before did already is left. */
async function send(person: string, path: string, body: object): Promise<Record<string, string>> {
  const answer = await fetch(address + path, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${keys[person] ?? ''}`,
      'content-type': 'application/json',
      'idempotency-key': createHash('sha256')
        .update(JSON.stringify([path, body]))
        .digest('hex'),
    },
    body: JSON.stringify(body),
  })
  if (!answer.ok && answer.status !== 409) throw new Error(`${path} was refused: ${await answer.text()}`)
  return (await answer.json()) as Record<string, string>
}
const today = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Shanghai' }).format(new Date())

const { screeningId = '' } = await send('platform', '/v1/screenings', {
  candidates: [
    ...sellers.map(({ uscc, name }, i) => ({ ref: `s-${i + 1}`, uscc, name })),
    { ref: `s-${sellers.length + 1}`, name: '查无此店' },
  ],
})
for (const { id } of abnormal) {
  await send('clerk', '/v1/repairs', { listingId: id, filedOn: today, statement: '已可联系，申请移出。' })
}
await send('clerk', '/v1/decisions', {
  ...{ action: 'enter', list: 'abnormal', uscc: serious, groundCode: 'ABN-68-4-4' },
  ...{ decisionNumber: '虚市监决〔2026〕101号', authority: '虚构省市场监督管理局', decidedOn: today },
  facts: { summary: '通过登记的住所无法联系', establishedOn: today },
})

/** Name, path, width, colours, language, and who is signed in. */
const pictures = [
  ['home', '/', 1000, 'light', 'zh-CN'],
  ['home-narrow-dark-en', '/', 320, 'dark', 'en-US'],
  ['credit-file', `/credit-files/${serious}`, 1000, 'light', 'zh-CN'],
  ['credit-file-narrow-dark-en', `/credit-files/${serious}`, 320, 'dark', 'en-US'],
  ['print', `/credit-files/${serious}/print`, 1000, 'light', 'zh-CN'],
  ['list', '/lists/serious-violator', 1000, 'light', 'zh-CN'],
  ['warnings', '/warnings', 1000, 'light', 'zh-CN'],
  ['statistics-narrow', '/statistics', 320, 'light', 'zh-CN'],
  ['statistics-dark-en', '/statistics', 1000, 'dark', 'en-US'],
  ['rulebook', '/rulebook/exits', 1000, 'light', 'zh-CN'],
  ['cases', '/cases', 1000, 'light', 'zh-CN'],
  ['feed', '/feed', 1000, 'light', 'en-US'],
  ['staff-work-list', '/staff', 1000, 'light', 'zh-CN', 'clerk'],
  ['staff-work-list-narrow-dark-en', '/staff', 320, 'dark', 'en-US', 'clerk'],
  [
    'staff-propose',
    `/staff/decisions/new?uscc=${serious}&list=abnormal&decidedOn=${today}`,
    1000,
    'light',
    'zh-CN',
    'clerk',
  ],
  ['staff-sources', '/staff/sources', 1000, 'light', 'en-US', 'clerk'],
  ['staff-jobs', '/staff/jobs', 1000, 'light', 'zh-CN', 'clerk'],
  ['staff-audit', '/staff/audit', 1000, 'light', 'zh-CN', 'admin'],
  ['agency-orders', '/partners/orders', 1000, 'light', 'zh-CN', 'agency'],
  ['staff-partners', '/staff/partners', 1000, 'dark', 'en-US', 'admin'],
  ['platform-screenings', '/partners/screenings', 1000, 'light', 'zh-CN', 'platform'],
  ['platform-screening', `/partners/screenings/${screeningId}`, 1000, 'light', 'zh-CN', 'platform'],
  ['platform-screening-narrow-dark-en', `/partners/screenings/${screeningId}`, 320, 'dark', 'en-US', 'platform'],
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
