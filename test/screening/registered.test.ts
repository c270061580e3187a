import { afterAll, beforeAll, expect, it } from 'vitest'
import { RegisteredBusinesses, type NamesInMemory } from '../../src/screening/registered.ts'
import { createSubjectIndex } from '../../src/search/subject-index.ts'
import { madeUpUscc, subjectItem } from '../support/businesses.ts'
import { startTestService, type TestService } from '../support/service.ts'
import { take } from '../support/take.ts'

let service: TestService
const [one, two] = [madeUpUscc(1), madeUpUscc(2)]
const index = createSubjectIndex()

beforeAll(async () => {
  service = await startTestService()
  await take(service.db, 'subjects', [
    subjectItem(1, { name: '云州市新名商贸有限公司' }),
    subjectItem(2, { name: '云州市第二商贸有限公司' }),
  ])
  // As the names in memory had it before the business took its present name.
  index.put({
    uscc: one,
    names: [
      { kind: 'name', name: '云州市旧名商贸有限公司' },
      { kind: 'former-name', name: '云州市更旧商贸有限公司' },
      { kind: 'shop-name', name: '旧名小店' },
    ],
    regionCode: '999900',
    entityType: 'enterprise',
    status: 'active',
    standing: 'clear',
  })
})
afterAll(() => service.close())

const namesAt = (position: number): NamesInMemory => ({ present: { index, position } })
const nameOf = async (businesses: RegisteredBusinesses, uscc: string) =>
  (await businesses.find(service.db, [uscc], true)).get(uscc)?.name

it('tells what the names in memory have, without the names of shops', async () => {
  const businesses = new RegisteredBusinesses(namesAt(5))
  businesses.noteFrom(5)
  const found = await businesses.find(service.db, [one], true)
  expect(found.get(one)).toEqual({
    uscc: one,
    name: '云州市旧名商贸有限公司',
    otherNames: ['云州市更旧商贸有限公司'],
    status: 'active',
  })
})

it('asks the registry about whom they do not have, and tells nobody unknown before', async () => {
  const businesses = new RegisteredBusinesses(namesAt(5))
  businesses.noteFrom(5)
  expect(await nameOf(businesses, two)).toBe('云州市第二商贸有限公司')
  expect(await nameOf(businesses, madeUpUscc(99))).toBeUndefined()
})

it('asks the registry about who changed since they were read, until they have come so far', async () => {
  let position = 5
  const names = {
    get present() {
      return { index, position }
    },
  }
  const businesses = new RegisteredBusinesses(names)
  businesses.noteFrom(5)
  businesses.note(one, 6)
  expect(await nameOf(businesses, one)).toBe('云州市新名商贸有限公司')
  position = 6
  expect(await nameOf(businesses, one)).toBe('云州市旧名商贸有限公司')
})

it.each([
  ['there are none', null],
  ['they are being built', { present: null }],
  ['they are older than the first change noted', namesAt(4)],
])('asks the registry while %s', async (_, names) => {
  const businesses = new RegisteredBusinesses(names)
  businesses.noteFrom(5)
  expect(await nameOf(businesses, one)).toBe('云州市新名商贸有限公司')
})

it('asks the registry when more changed than is remembered', async () => {
  const businesses = new RegisteredBusinesses(namesAt(5))
  businesses.noteFrom(5)
  for (let i = 0; i <= 100_000; i++) businesses.note(`code ${i}`, 6 + i)
  expect(await nameOf(businesses, one)).toBe('云州市新名商贸有限公司')
})
