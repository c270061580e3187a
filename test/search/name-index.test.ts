import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createBigramIndex } from '../../src/search/bigram-index.ts'
import { createNameIndex } from '../../src/search/name-index.ts'
import { likelyScore } from '../../src/search/score.ts'

describe('an index of names', () => {
  const entries = [
    { key: 'a', names: ['济南甲禾商贸有限公司', '济南旧名食品有限公司'] },
    { key: 'b', names: ['青岛甲禾商贸有限公司'] },
    { key: 'c', names: ['济南甲禾商贸有限公司青岛分公司'] },
  ]
  const likely = { limit: 5, threshold: likelyScore }

  it('finds whom a name means, with what differs, and nobody who is near but another', () => {
    const found = createNameIndex(entries).find('甲禾商贸（济南市）有限责任公司', likely)
    expect(found).toMatchObject([{ key: 'a', name: '济南甲禾商贸有限公司', parts: { form: 'equivalent' } }])
  })

  it('finds by any name of an entry', () => {
    expect(createNameIndex(entries).find('济南旧名食品', likely)).toMatchObject([
      { key: 'a', name: '济南旧名食品有限公司' },
    ])
  })

  it('knows no more of an entry that was removed, and only the newest of one that was added again', () => {
    const index = createNameIndex(entries)
    index.remove('a')
    expect(index.find('济南甲禾商贸有限公司', likely)).toEqual([])
    index.add({ key: 'b', names: ['济南甲禾商贸有限公司'] })
    expect(index.find('济南甲禾商贸有限公司', likely)).toMatchObject([{ key: 'b', score: 1 }])
    expect(index.find('青岛甲禾商贸有限公司', likely)).toEqual([])
    expect(index.size).toBe(2)
  })

  it('holds what it should after thousands of changes, and gives back the room of what went', () => {
    const index = createNameIndex()
    for (let round = 0; round < 4; round++) {
      for (let number = 0; number < 1500; number++) {
        index.add({ key: String(number), names: [nameOf(number, round), nameOf(number + 5000, round)] })
      }
    }
    expect(index.size).toBe(1500)
    for (const number of [0, 777, 1499]) {
      expect(index.find(nameOf(number, 3), likely)[0]).toMatchObject({ key: String(number), score: 1 })
      expect(index.find(nameOf(number + 5000, 3), likely)[0]).toMatchObject({ key: String(number), score: 1 })
      expect(index.find(nameOf(number, 2), { limit: 5, threshold: 1 })).toEqual([])
    }
  })
})

/** A name of its own for each number in each round. */
function nameOf(number: number, round: number): string {
  return `济南${String.fromCharCode(0x4e00 + number, 0x6000 + round * 7 + (number % 5), 0x7000 + number)}商贸有限公司`
}

describe('an index of pairs of characters', () => {
  it('finds exactly the documents that have a fragment, whatever was added and removed before', () => {
    const text = fc
      .array(fc.constantFrom('甲', '乙', '丙', '丁', '(', ')'), { minLength: 1, maxLength: 8 })
      .map((t) => t.join(''))
    fc.assert(
      fc.property(
        fc.array(fc.record({ text, removed: fc.boolean(), bulk: fc.boolean() }), { maxLength: 40 }),
        (documents) => {
          const index = createBigramIndex()
          const held = new Map<number, string>()
          for (const { text, removed, bulk } of documents) {
            const document = bulk ? index.addAll([text]) : index.add(text)
            if (removed) index.remove(document)
            else held.set(document, text)
            expect(index.textOf(document)).toBe(text)
          }
          const bare = (text: string) => text.replace(/[()]/g, '')
          const found = index.find('甲乙', { limit: 100 }).map(({ document }) => document)
          const expected = [...held].filter(([, text]) => bare(text).includes('甲乙')).map(([document]) => document)
          expect(found.sort((a, b) => a - b)).toEqual(expected)
        },
      ),
    )
  })

  it('finds a single character at the beginning', () => {
    const index = createBigramIndex()
    index.addAll(['甲乙', '乙甲', '甲'])
    expect(
      index
        .find('甲', { limit: 5 })
        .map(({ document }) => document)
        .sort(),
    ).toEqual([0, 2])
  })

  it('looks at a bounded number of documents, however many have what is asked for', () => {
    const index = createBigramIndex()
    index.addAll(Array.from({ length: 150_000 }, () => '甲乙丙丁'))
    let looked = 0
    const accepts = () => ++looked > 0
    const found = index.find('甲乙丙丁', { limit: 10, accepts })
    expect(found).toHaveLength(10)
    expect(looked).toBeLessThanOrEqual(40_000)
  })
})
