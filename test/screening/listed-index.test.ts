import fc from 'fast-check'
import { expect, it } from 'vitest'
import { ListedIndex, type EntryState } from '../../src/screening/listed-index.ts'

const codes = ['91999900MA00000011', '91999900MA00000022']
const names = ['云州市甲禾商贸有限公司', '望海市星禾食品有限公司', '青桥\n电子|商务']

it('holds of each business its entries in force, in their order, and every name it had, the newest first', () => {
  const step = fc.record({
    kind: fc.constantFrom('enter', 'leave', 'rename', 'former'),
    business: fc.nat(codes.length - 1),
    listing: fc.nat(3),
    name: fc.constantFrom(...names),
  })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const index = new ListedIndex()
      const held = new Map<string, { entries: NonNullable<EntryState['entry']>[]; names: string[] }>()
      for (const { kind, business, listing, name } of steps) {
        const uscc = codes[business] ?? ''
        const listingId = `listing ${String(listing)} of ${String(business)}`
        const known = held.get(uscc)
        const before = (known?.names ?? []).filter((old) => old !== name)
        if (kind === 'rename') {
          index.addName(uscc, name)
          if (known !== undefined) known.names = [name, ...before]
        } else if (kind === 'former') {
          index.addFormerNames(uscc, [name])
          if (known?.names.includes(name) === false) known.names.push(name)
        } else {
          const entry =
            kind === 'enter' ? { listingId, list: 'abnormal' as const, groundCode: 'ABN-68-4-1', uscc, name } : null
          index.apply({ listingId, uscc, regionCode: '999900', entry })
          const entries = (known?.entries ?? []).filter((one) => one.listingId !== listingId)
          if (entry !== null) entries.push(entry)
          if (entries.length === 0) held.delete(uscc)
          else held.set(uscc, { entries, names: entry === null ? (known?.names ?? []) : [name, ...before] })
        }
      }
      for (const uscc of codes) {
        expect(index.has(uscc)).toBe(held.has(uscc))
        expect(index.entriesOf(uscc)).toEqual(held.get(uscc)?.entries ?? [])
        expect(index.namesOf(uscc)).toEqual(held.get(uscc)?.names ?? [])
      }
      for (const name of names) {
        const found = index.findNames(name, 0.99, null).map(({ uscc, matchedOn }) => [uscc, matchedOn])
        const expected = [...held].flatMap(([uscc, one]) =>
          one.names.includes(name) ? [[uscc, one.names[0] === name ? 'name' : 'former-name']] : [],
        )
        expect(found.sort()).toEqual(expected.sort())
      }
    }),
  )
})
