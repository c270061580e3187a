import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  mayBeIdentityNumber,
  normaliseCode,
  organisationCheckCharacter,
  parseRegistrationNumber,
  parseUscc,
  usccCheckCharacter,
} from '../../src/registry/identifiers.ts'

/** The vectors of rulebook 6.4. */
const validCodes = `91330100799655058B 9144030071526726XG 91110000802100433B 914403001922038216 91110108551385082Q
  91110000600037341L 91320621MA1MRHG205 91440300708461136T 91100000100003962T 911100001000044477 911000001000013428
  911100001000054748 91440300100012316L 91110302562134916R 91110108562144110X 91440400192548256N 91440300192317458F
  91440300192181490G 9144030010001686XA 9144030027939873X7 91370200264574251E 93520525MA6EGN9K19
  913301060409016120`.split(/\s+/)
const alphabet = '0123456789ABCDEFGHJKLMNPQRTUWXY'

describe('unified social credit codes', () => {
  it.each(validCodes)('takes %s', (code) => {
    expect(parseUscc(code)).toBe(code)
  })

  it.each([
    ['91310000607328588U', 'both check characters fail'],
    ['91320621MA1MRHG207', 'the last check character fails'],
    ['9133010079965505', 'it is too short'],
    ['91330100799655058BB', 'it is too long'],
    ['9133010O799655058B', 'it has a letter O'],
    ['', 'it is empty'],
  ])('refuses %s, since %s', (code) => {
    expect(parseUscc(code)).toBeNull()
  })

  it('refuses a code whose last character fits but whose organisation code does not', () => {
    const body = '91330100799655059'
    const code = body + usccCheckCharacter(body)
    expect(organisationCheckCharacter(code.slice(8, 16))).not.toBe(code[16])
    expect(parseUscc(code)).toBeNull()
  })

  it.each([
    ['91330100799655058b'],
    ['９１３３０１００７９９６５５０５８Ｂ'],
    [' 9133 0100 7996 5505 8B '],
    ['91330100-79965505-8B'],
    ['91330100\u200b799655058B'],
  ])('takes %j as a way of writing 91330100799655058B', (written) => {
    expect(parseUscc(written)).toBe('91330100799655058B')
  })

  it('catches every wrong character and every swap of two neighbours', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...validCodes),
        fc.nat(17),
        fc.constantFrom(...Array.from(alphabet)),
        (code, at, character) => {
          const changed = code.slice(0, at) + character + code.slice(at + 1)
          expect(parseUscc(changed) !== null).toBe(changed === code)
          const swapped = code.slice(0, at) + (code[at + 1] ?? '') + (code[at] ?? '') + code.slice(at + 2)
          expect(parseUscc(swapped) !== null).toBe(swapped === code)
        },
      ),
      { numRuns: 2000 },
    )
  })

  it('normalises nothing further that is already normal, and never throws', () => {
    expect(normaliseCode('A \u0308')).toBe('\u00c4')
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(normaliseCode(normaliseCode(text))).toBe(normaliseCode(text))
        const code = parseUscc(text)
        expect(code === null || parseUscc(code) === code).toBe(true)
      }),
    )
  })
})

describe('old registration numbers', () => {
  it.each([
    '110108000000016',
    '440301103097413',
    '130531200001454',
    '450703583197518',
    '440783763666398',
    '140000100028286',
  ])('takes %s as checked', (number) => {
    expect(parseRegistrationNumber(number)).toEqual({ number, checked: true })
  })

  it.each([
    ['110108000000017', 'its check digit fails'],
    ['320125NA000060X', 'cooperatives have no check digit'],
    ['14082500A000118', 'Shanxi numbers have no check digit'],
    ['3201912300231', 'numbers before 2007 have no check digit'],
    ['企合苏总字第000113', 'numbers of foreign-invested enterprises have no check digit'],
  ])('takes %s unchecked, since %s', (number) => {
    expect(parseRegistrationNumber(number)).toEqual({ number, checked: false })
  })

  it.each(['95028570-8', 'H-4601043500387-21', '91330100799655058B', '1234', '无', ''])(
    'does not take %j for a registration number',
    (written) => {
      expect(parseRegistrationNumber(written)).toBeNull()
    },
  )
})

it.each([
  ['11010519491231002X', true],
  // Mistyped, and still a person's.
  ['110105194912310021', true],
  ['110105994912310021', false],
  // 15 digits with a birth date, and no right check digit of a registration number.
  ['110105491231003', true],
  ['110108000000016', false],
  ['91330100799655058B', false],
])('sees that %s may be a citizen’s identity number: %s', (number, may) => {
  expect(mayBeIdentityNumber(number)).toBe(may)
})
