import type { IncomingMessage } from 'node:http'
import { z } from 'zod'

/** A text that people read, in both languages of the service. Codes are never translated. */
export interface Text {
  zh: string
  en: string
}

export type Language = keyof Text

/**
 * The reader's language by `Accept-Language` (RFC 9110 section 12.5.4): English where it is asked for before Chinese,
 * else Chinese.
 */
export function languageOf({ headers }: Pick<IncomingMessage, 'headers'>): Language {
  const header = headers['accept-language']
  if (header === undefined) return 'zh'
  const ranked = header
    .split(',')
    .map((part) => {
      const [tag = '', ...parameters] = part.trim().toLowerCase().split(';')
      const quality = parameters.map((parameter) => /^\s*q=([\d.]+)\s*$/.exec(parameter)?.[1]).find(Boolean)
      return { tag, quality: quality === undefined ? 1 : Number(quality) }
    })
    .filter(({ tag, quality }) => quality > 0 && /^(zh|en)(-|$)/.test(tag))
    .sort((a, b) => b.quality - a.quality)
  return ranked[0]?.tag.startsWith('en') ? 'en' : 'zh'
}

/** Parts of a message that is carried as one string, as zod's messages are. */
const separator = '\u241e'

/** One string that carries both languages through zod; `inLanguage` takes it apart. */
export function message(text: Text): string {
  return `${text.zh}${separator}${text.en}`
}

/** The two languages of a zod message; one that was written in one language is used for both. */
export function inLanguage(message: string): Text {
  const [zh = message, en = zh] = message.split(separator)
  return { zh, en }
}

/** Makes zod speak both languages in every message that a schema does not word itself. */
export function useBothLanguagesInZod(): void {
  const zh = z.locales.zhCN().localeError
  const en = z.locales.en().localeError
  const wordOf = (worded: ReturnType<typeof zh>) =>
    typeof worded === 'string' ? worded : (worded?.message ?? 'invalid')
  z.config({ localeError: (issue) => message({ zh: wordOf(zh(issue)), en: wordOf(en(issue)) }) })
}
