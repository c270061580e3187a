import type { Pages } from '../workspace/visit.ts'

export function registerPartnerPages(pages: Pages): void {
  void pages
}
