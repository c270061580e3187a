import { createRequire } from 'node:module'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import type { AxeResults } from 'axe-core'

const axePath = createRequire(import.meta.url).resolve('axe-core/axe.min.js')

/** How a page is looked at. */
export interface Look {
  locale: 'zh-CN' | 'en-US'
  colorScheme: 'light' | 'dark'
  /** In CSS pixels. 640 at 1280 is what a zoom of 200% leaves. */
  width: number
  height?: number
}

/** In both languages, in the light and in the dark, on a desk and on the smallest telephone. */
export const looks: readonly Look[] = [
  { locale: 'zh-CN', colorScheme: 'light', width: 1280 },
  { locale: 'en-US', colorScheme: 'dark', width: 1280 },
  { locale: 'zh-CN', colorScheme: 'dark', width: 320 },
  { locale: 'en-US', colorScheme: 'light', width: 320 },
]

/** A browser's context with this look. The policy of the pages would keep axe out, as it keeps out every script but ours. */
export function openContext(browser: Browser, { width, height = 800, ...look }: Look): Promise<BrowserContext> {
  return browser.newContext({ ...look, viewport: { width, height }, bypassCSP: true })
}

/** What axe-core finds against the page that is open: each rule that is broken, with the elements. */
export async function violationsOf(page: Page): Promise<string[]> {
  await page.addScriptTag({ path: axePath })
  const { violations } = await page.evaluate(() =>
    (globalThis as unknown as { axe: { run: () => Promise<AxeResults> } }).axe.run(),
  )
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 200)}`))
}

/** By how many pixels the page is wider than the window, which would make a reader scroll sideways. */
export async function overflowOf(page: Page): Promise<number> {
  return page.locator('html').evaluate((html) => Math.max(0, html.scrollWidth - html.clientWidth))
}

/** Elements with text that reach beyond the window, and are in nothing that scrolls by itself. */
export async function cutOffIn(page: Page): Promise<string[]> {
  return page.locator('main, header.site, footer.site').evaluateAll((areas) =>
    areas
      .flatMap((area) => [...area.querySelectorAll('*')])
      .filter((element) => element.textContent.trim() !== '' && !element.closest('.scroll, pre, svg, .skip'))
      .filter((element) => {
        const { left, right, width } = element.getBoundingClientRect()
        return width > 0 && (left < -1 || right > document.documentElement.clientWidth + 1)
      })
      .map((element) => element.outerHTML.slice(0, 120)),
  )
}
