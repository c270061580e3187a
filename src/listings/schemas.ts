import { z } from 'zod'
import { message } from '../platform/language.ts'

/** Longest free text that staff write down. */
const longestText = 4000

/** PostgreSQL holds no U+0000, and no text of ours needs a control character but the end of a line. */
const plain = /^[\P{Cc}\t\n\r]*$/u

/** A line of text that is not empty. */
export const lineOfText = (longest: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(longest)
    .regex(/^\P{Cc}*$/u)

/** What somebody states or decides, in words. */
export const statement = z.string().trim().min(1).max(longestText).regex(plain)

export const day = z.iso.date()

/** Whatever JSON somebody adds as evidence or facts, within a limit. */
export function isStorable(value: unknown): boolean {
  const text = JSON.stringify(value) as string | undefined
  return text === undefined || (text.length <= 50_000 && !text.includes('\\u0000'))
}

export const storableMessage = message({
  zh: '内容过长或含有无法保存的字符。',
  en: 'It is too long, or has a character that cannot be kept.',
})

/** Documents that are named, not carried: their title, where they are kept, their hash. */
export const documents = z.array(z.unknown()).max(100).refine(isStorable, storableMessage)

export const deadlineSchema = z
  .object({
    step: z.string(),
    code: z.string().meta({ description: 'The step of the rulebook, e.g. ABN-LIST-AR' }),
    dueOn: day.nullable().meta({ description: 'Null while the calendar of its year is not loaded' }),
    article: z.string(),
    provisional: z.boolean(),
    overdue: z.boolean(),
  })
  .meta({ id: 'Deadline' })
