/** Codes under which businesses are registered: rulebook sections 6.1 to 6.3. */

const alphabet = '0123456789ABCDEFGHJKLMNPQRTUWXY'
const usccWeights = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28]
const organisationWeights = [3, 7, 9, 10, 5, 8, 4, 2]
/** The value of a character by its code: a screening checks a thousand codes, and looking for each one in a string shows. */
const valueOf = Int8Array.from({ length: 128 }, (_, code) => alphabet.indexOf(String.fromCharCode(code)))
/** The same in GB 11714, which has all letters. */
const baseOf = Int8Array.from({ length: 128 }, (_, code) => Number.parseInt(String.fromCharCode(code), 36) || 0)

/**
 * The normal form of a code as a person writes it: full-width characters made half-width, upper case, without spaces
 * and hyphens. Says nothing about whether the code is valid.
 */
export function normaliseCode(written: string): string {
  // Nearly every code is in it already, and a screening has a thousand of them.
  if (/^[0-9A-Z]*$/.test(written)) return written
  const normal = written
    .normalize('NFKC')
    .toUpperCase()
    .replace(/[\s\u200b\ufeff\p{Pd}]/gu, '')
  // What is left out may have kept a letter and its mark apart, which are one character in the normal form.
  return normal === written ? normal : normaliseCode(normal)
}

/**
 * The unified social credit code that `written` means, in normal form, or null when it is none: not 18 characters of
 * the alphabet of GB 32100-2015, or a check character that fails: the last one, or the 17th, which checks the
 * organisation code in positions 9 to 17 (GB 11714). The region in positions 3 to 8 is not judged: it is the region at
 * first registration and may be abolished since.
 */
export function parseUscc(written: string): string | null {
  const code = normaliseCode(written)
  if (!/^[0-9A-HJ-NPQRTUWXY]{18}$/.test(code)) return null
  return code[17] === usccCheckCharacter(code) && code[16] === organisationCheckCharacter(code.slice(8, 16))
    ? code
    : null
}

/** C18 = alphabet[(31 − ΣCi·Wi mod 31) mod 31] over the first 17 characters (GB 32100-2015). */
export function usccCheckCharacter(code: string): string {
  let sum = 0
  for (let i = 0; i < usccWeights.length; i += 1) sum += (valueOf[code.charCodeAt(i)] ?? 0) * (usccWeights[i] ?? 0)
  return alphabet.charAt((31 - (sum % 31)) % 31)
}

/** C9 = 11 − Σ mod 11 over 8 characters, 10 written `X` and 11 written `0` (GB 11714). */
export function organisationCheckCharacter(body: string): string {
  let sum = 0
  for (let i = 0; i < organisationWeights.length; i += 1) {
    sum += (baseOf[body.charCodeAt(i)] ?? 0) * (organisationWeights[i] ?? 0)
  }
  const check = 11 - (sum % 11)
  return check === 10 ? 'X' : check === 11 ? '0' : String(check)
}

/** A registration number from before the unified code, and whether its form could be checked. */
export interface RegistrationNumber {
  number: string
  /** False for a number whose check digit fails or whose form has none: taken all the same, with a flag (6.3). */
  checked: boolean
}

/**
 * The registration number (工商注册号) that `written` means, or null when it has none of the forms of rulebook 6.3: 15
 * digits (GS 15-2006), 15 characters with `NA` (cooperatives) or `A` (Shanxi), 13 digits (before 2007), or the numbers
 * of foreign-invested enterprises (企合…, 企独…, 企外…). A failing check digit is a flag, never a refusal.
 */
export function parseRegistrationNumber(written: string): RegistrationNumber | null {
  const number = normaliseCode(written)
  if (/^\d{15}$/.test(number)) return { number, checked: registrationCheckDigit(number) === number[14] }
  const isOldForm = /^(\d{13}|\d{6}NA\d{6}[\dX]|\d{8}A\d{6}|企[合独作外股]\p{Script=Han}{1,8}\d{3,8})$/u
  return isOldForm.test(number) ? { number, checked: false } : null
}

/** ISO 7064 MOD 11,10 over the first 14 digits (GS 15-2006). */
function registrationCheckDigit(number: string): string {
  let p = 10
  for (const digit of number.slice(0, 14)) {
    const s = (p + Number(digit)) % 10 || 10
    p = (s * 2) % 11
  }
  return String((11 - p) % 10)
}

/**
 * Whether a number is, or may be, a citizen's identity number (GB 11643): 18 characters with a plausible birth date,
 * since no registration number has so many, or 15 digits with one and no right registration check digit. Some old records of individual
 * businesses hold their owner's number as their own (rulebook 6.3), which must not be published.
 */
export function mayBeIdentityNumber(number: string): boolean {
  if (/^\d{17}[\dX]$/.test(number)) return isBirthDate(number.slice(6, 14))
  return (
    /^\d{15}$/.test(number) && isBirthDate(`19${number.slice(6, 12)}`) && registrationCheckDigit(number) !== number[14]
  )
}

function isBirthDate(digits: string): boolean {
  const month = Number(digits.slice(4, 6))
  const day = Number(digits.slice(6, 8))
  return /^(19|20)/.test(digits) && month >= 1 && month <= 12 && day >= 1 && day <= 31
}
