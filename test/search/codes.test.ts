import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createCodeTable } from '../../src/search/codes.ts'

const code = (tail: string) => `91999900MA${tail.padStart(8, '0')}`

describe('a table of codes', () => {
  it('tells each code its number, in order or not, and none to others', () => {
    const table = createCodeTable()
    const codes = ['2', '5', '9', '3', 'A', '1'].map(code)
    expect(codes.map((one) => table.add(one))).toEqual([0, 1, 2, 3, 4, 5])
    expect(codes.map((one) => table.numberOf(one))).toEqual([0, 1, 2, 3, 4, 5])
    expect([0, 3, 5].map((number) => table.codeOf(number))).toEqual([codes[0], codes[3], codes[5]])
    for (const none of [code('0'), code('4'), code('Z'), '', 'x'.repeat(17), 'x'.repeat(19)]) {
      expect(table.numberOf(none)).toBeUndefined()
    }
  })

  it('takes no code of another length', () => {
    expect(() => createCodeTable().add('x')).toThrow('is no code of 18 characters')
  })

  it('finds each of many, and what was forgotten never, however much it has grown', () => {
    const table = createCodeTable()
    const codes = Array.from({ length: 20_000 }, (_, i) => code(String((i * 7919) % 1_000_003)))
    for (const [number, one] of codes.entries()) {
      expect(table.add(one)).toBe(number)
      if (number % 3 === 0) table.forget(one)
    }
    for (const [number, one] of codes.entries()) expect(table.numberOf(one)).toBe(number % 3 === 0 ? undefined : number)
    expect(table.size).toBe(codes.length - Math.ceil(codes.length / 3))
  })

  it('is what a map is, whatever is added and forgotten', () => {
    const steps = fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 0, max: 30 })), { maxLength: 200 })
    fc.assert(
      fc.property(steps, (taken) => {
        const table = createCodeTable()
        const map = new Map<string, number>()
        let count = 0
        for (const [isAdded, number] of taken) {
          const one = code(String(number))
          if (isAdded) {
            map.set(one, count)
            expect(table.add(one)).toBe(count++)
          } else {
            map.delete(one)
            table.forget(one)
          }
          expect(table.size).toBe(map.size)
        }
        for (let number = 0; number <= 30; number += 1) {
          const one = code(String(number))
          expect(table.numberOf(one)).toBe(map.get(one))
        }
      }),
    )
  })
})
