import fc from 'fast-check'
import { expect, it } from 'vitest'
import { parseUscc } from '../../src/registry/identifiers.ts'
import { withoutPersonalData } from '../../src/registry/personal-data.ts'
import { madeUpUscc } from '../support/businesses.ts'

it.each([
  ['an identity number', '经营者身份证110101199001011234', '经营者身份证***'],
  ['one that ends in X', '身份证号：11010119900101123x，', '身份证号：***，'],
  ['one written in groups', '110101 19900101 1234', '***'],
  ['one of the first generation', '110101900101123', '***'],
  ['one in full-width digits', '证件１１０１０１１９９００１０１１２３４', '证件***'],
  ['a mobile number', '云州市青云路8号（张三13812345678）', '云州市青云路8号(张三***)'],
  ['one with a country code', 'tel +86 138-1234-5678', 'tel ***'],
  ['a landline number', '电话0871-63123456', '电话***'],
  ['one with its area code in brackets', '(010) 63123456转3', '***转3'],
  ['a local number, known by its label', '联系电话：6312 3456', '联系电话：***'],
  ['an e-mail address', '邮箱zhang.san@mail.example.cn，', '邮箱***，'],
  ['one in full-width characters', 'ｚｓ＠ｍａｉｌ．ｅｘａｍｐｌｅ', '***'],
  ['a bank card', '收款6222 0212 3456 7890 128', '收款***'],
  ['an account of a business, known by its label', '开户行某某银行账号：530501612345678', '开户行某某银行账号:***'],
])('masks %s', (_what, text, masked) => {
  expect(withoutPersonalData(text).replace('：', ':').replace('，', ',')).toBe(
    masked.replace('：', ':').replace('，', ','),
  )
})

it.each([
  '虚构省云州市青云路138号12栋1单元1380室',
  '云市监处罚〔2026〕13812345678号',
  '（2026）第1381234567号',
  '违法所得13800000000元，2026年11月25日前缴清，2026-11-25',
  '在 https://shop.example/item?id=13812345678&seller=110101199001011234 销售',
  '注册号110108000000016',
  '注册号5301001234567',
  '913301060409016120',
  '云ICP备2026012345号-1',
  '邮编650000，第12315次',
])('leaves %s as it is', (text) => {
  expect(withoutPersonalData(text)).toBe(text)
})

const digits = (min: number, max = min) =>
  fc.array(fc.integer({ min: 0, max: 9 }), { minLength: min, maxLength: max }).map((some) => some.join(''))
const two = (most: number) => fc.integer({ min: 1, max: most }).map((number) => String(number).padStart(2, '0'))
const han = fc
  .array(fc.constantFrom(...Array.from('云州市青路号一二，。；（）、〔〕')), { maxLength: 8 })
  .map((characters) => characters.join(''))
const luhn = (body: string) => {
  const sum = Array.from(body)
    .reverse()
    .reduce((total, digit, i) => {
      const value = i % 2 === 0 ? Number(digit) * 2 : Number(digit)
      return total + (value > 9 ? value - 9 : value)
    }, 0)
  return body + String((10 - (sum % 10)) % 10)
}
const personal = fc.oneof(
  fc
    .tuple(
      fc.constantFrom('110101', '530102', '659004'),
      fc.integer({ min: 1900, max: 2026 }),
      two(12),
      two(28),
      digits(3),
    )
    .map(([region, year, month, day, order]) => `${region}${year}${month}${day}${order}X`),
  fc.tuple(fc.constantFrom('13', '15', '17', '18', '19'), digits(9)).map((parts) => parts.join('')),
  fc.tuple(fc.constantFrom('010-', '0871-', '0871 '), digits(8)).map((parts) => parts.join('')),
  // One that is the code of an institution as well, of which there are few, is left for that.
  fc
    .tuple(fc.constantFrom('62', '45', '52'), digits(13, 16))
    .map((parts) => luhn(parts.join('')))
    .filter((card) => parseUscc(card) === null),
  fc.tuple(fc.constantFrom('zhang', 'a.b+c', 'li_4'), digits(0, 4)).map(([name, n]) => `${name}${n}@mail.example.com`),
)
const wide = (text: string) => text.replace(/[!-~]/g, (c) => String.fromCharCode(c.charCodeAt(0) + 0xfee0))

it('whatever Chinese text stands around personal data of a kind, none of it is left, and the mask is final', () => {
  fc.assert(
    fc.property(han, personal, han, fc.boolean(), (before, data, after, isWide) => {
      const masked = withoutPersonalData(`${before}${isWide ? wide(data) : data}${after}`)
      expect(masked).toContain('***')
      expect(masked.normalize('NFKC')).not.toContain(data)
      expect(withoutPersonalData(masked)).toBe(masked)
    }),
    { numRuns: 500 },
  )
})

it('codes of businesses, numbers of decisions and houses, days and links are never harmed', () => {
  const code = fc.oneof(
    fc.tuple(fc.integer({ min: 0, max: 999_999 }), fc.constantFrom('91', '92', '93')).map((of) => madeUpUscc(...of)),
    digits(1, 17).map((serial) => `云市监处罚〔2026〕${serial}号`),
    digits(1, 5).map((house) => `${house}号`),
    fc
      .date({ noInvalidDate: true, min: new Date('1900-01-01'), max: new Date('2199-12-31') })
      .map((at) => at.toISOString().slice(0, 10)),
    digits(1, 30).map((id) => `https://shop.example/${id}`),
  )
  fc.assert(
    fc.property(han, code, (before, text) => {
      expect(withoutPersonalData(`${before}，${text}`)).toBe(`${before}，${text}`)
    }),
    { numRuns: 500 },
  )
})

it('takes a long hostile text in no time that grows faster than the text', () => {
  for (const unit of ['1', '1 ', 'a@', '账号1', '0871-', '〔2026〕1']) {
    expect(withoutPersonalData(unit.repeat(20_000)).length).toBeGreaterThan(0)
  }
})
