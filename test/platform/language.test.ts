import { expect, it } from 'vitest'
import { inLanguage, languageOf, message } from '../../src/platform/language.ts'

it.each([
  [undefined, 'zh'],
  ['', 'zh'],
  ['zh-CN', 'zh'],
  ['en', 'en'],
  ['en-US,en;q=0.9,zh;q=0.8', 'en'],
  ['zh;q=0.9,en;q=0.8', 'zh'],
  ['fr,en;q=0.5', 'en'],
  ['fr', 'zh'],
  ['en;q=0', 'zh'],
  [';;;,q=', 'zh'],
])('answers Accept-Language %j in %s', (header, language) => {
  expect(languageOf({ headers: { 'accept-language': header } })).toBe(language)
})

it('carries both languages through one string', () => {
  expect(inLanguage(message({ zh: '中文', en: 'English' }))).toEqual({ zh: '中文', en: 'English' })
  expect(inLanguage('only one')).toEqual({ zh: 'only one', en: 'only one' })
})
