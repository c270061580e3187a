import { mayBeIdentityNumber, parseUscc } from './identifiers.ts'

/** What stands in the place of personal data. */
export const mask = '***'

/** A run of digits that is neither part of a longer one nor of a code with letters, such as a unified code. */
const apart = (digits: string) => `(?<![\\dA-Za-z])${digits}(?![\\dA-Za-z])`

/** Links, which are addresses of shops and not of persons, and the serial of a decision: 〔2026〕13812345678号, 第1号. */
const harmless = /(https?:\/\/[\w.~:/?#@!$&'*+,;=%-]+|(?:[〔[(【]\d{4}[〕\])】]|第)\d{1,17}号)/iu

const email = /[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}/g
const identityNumber = new RegExp(apart('[1-8]\\d{5}[ -]?(?:\\d{8}[ -]?\\d{3}[\\dX]|\\d{6}[ -]?\\d{3})'), 'gi')
/** A mobile number, or a landline with its area code. */
const telephone = new RegExp(
  apart('(?:(?:\\+|00)86[ -]?|86[ -])?(?:1[3-9]\\d[ -]?\\d{4}[ -]?\\d{4}|\\(?0\\d{2,3}\\)?[ -]?\\d{7,8})') + '(?!元)',
  'g',
)
/** A local number is known by what stands before it alone. */
const namedTelephone = new RegExp(
  `((?:电话|手机|号码|传真|tel|phone|mobile)[^\\dA-Za-z]{0,4})${apart('[2-8]\\d{2,3}[ -]?\\d{4}')}`,
  'gi',
)
const bankCard = new RegExp(apart('[3-6]\\d{3}(?:[ -]?\\d{4}){3}(?:[ -]?\\d{1,3})?'), 'g')
/** Accounts of businesses have no form of their own (8 to 30 digits); nine tell them from a day. */
const namedAccount = new RegExp(`((?:[账帐][号户]|卡号|account)[^\\d]{0,8})${apart('\\d(?:[ -]?\\d){8,29}')}`, 'gi')

/**
 * A text for the public with identity numbers, telephone numbers, e-mail addresses and bank accounts masked (rulebook
 * section 7); unchanged where it has none. Full-width writing is seen through, and written half-width where something
 * is masked. Links, codes of businesses, numbers of decisions and houses are left alone.
 */
export function withoutPersonalData(text: string): string {
  const written = halfWidth(text)
  const masked = written
    .split(harmless)
    // The separator is captured: every second part is one.
    .map((part, i) => (i % 2 === 1 ? part : maskPart(part)))
    .join('')
  return masked === written ? text : masked
}

function maskPart(text: string): string {
  return text
    .replace(email, mask)
    .replace(identityNumber, (found) => (mayBeIdentityNumber(bare(found)) ? mask : found))
    .replace(bankCard, (found) => (isCardNumber(bare(found)) ? mask : found))
    .replace(namedAccount, `$1${mask}`)
    .replace(telephone, mask)
    .replace(namedTelephone, `$1${mask}`)
}

const bare = (written: string) => written.replace(/[ -]/g, '').toUpperCase()

/** Each full-width character as the half-width one that it stands for, one for one. */
function halfWidth(text: string): string {
  return text
    .replace(/[\uff01-\uff5e]/g, (wide) => String.fromCharCode(wide.charCodeAt(0) - 0xfee0))
    .replace(/[\u2010-\u2015\u2212]/g, '-')
    .replace(/\u3000|\u00a0/g, ' ')
}

/** The check digit of a bank card (ISO/IEC 7812-1, Luhn); the code of an institution may pass it too. */
function isCardNumber(digits: string): boolean {
  if (parseUscc(digits) !== null) return false
  const sum = Array.from(digits)
    .reverse()
    .reduce((total, digit, i) => {
      const doubled = i % 2 === 1 ? Number(digit) * 2 : Number(digit)
      return total + (doubled > 9 ? doubled - 9 : doubled)
    }, 0)
  return sum % 10 === 0
}
