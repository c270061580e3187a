import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startFeedListener, type FeedListener } from '../../src/feed/listener.ts'
import { findHead } from '../../src/feed/repository.ts'
import { listLateReporters } from '../../src/listings/service.ts'
import { startFollowingNames, type FollowedNames } from '../../src/search/follower.ts'
import { madeUpUscc, reportItem, subjectItem } from '../support/businesses.ts'
import { startTestService, type TestService } from '../support/service.ts'
import { take } from '../support/take.ts'

let service: TestService
/** As in two `serve` processes: each with a listener and an index of its own. */
let processes: { listener: FeedListener; names: FollowedNames }[]

beforeAll(async () => {
  service = await startTestService()
  await take(service.db, 'subjects', [subjectItem(1, { name: '云州市云帆电子商务有限公司', regionCode: '999901' })])
  processes = [0, 1].map(() => {
    const listener = startFeedListener(service.database.url)
    return { listener, names: startFollowingNames(service.db, listener, service.clock) }
  })
  await Promise.all(processes.map(({ names }) => names.built))
})
afterAll(async () => {
  for (const { listener, names } of processes) {
    await listener.stop()
    await names.stop()
  }
  await service.close()
})

/** Sequences what was committed and, once every process has reached it, asks each. */
async function foundEverywhere(q: string, filter = {}): Promise<string[][]> {
  await service.sequence()
  const { position } = await findHead(service.db)
  return Promise.all(
    processes.map(async ({ names }) => {
      await names.reach(position)
      expect(names.present?.position).toBeGreaterThanOrEqual(position)
      return (names.present?.index.find(q, filter) ?? []).filter(({ score }) => score > 0.45).map(({ uscc }) => uscc)
    }),
  )
}

describe('the names in each process', () => {
  it('hold at the start what the registry holds', async () => {
    expect(await foundEverywhere('云帆电子商务')).toEqual([[madeUpUscc(1)], [madeUpUscc(1)]])
  })

  it('have a new business after its event, by its name, its pinyin and its initials', async () => {
    await take(service.db, 'subjects', [subjectItem(2, { name: '望海市星禾食品有限公司' })])
    for (const q of ['望海市星禾食品有限公司', '望海星禾食品', 'xingheshipin', 'whsxhsp']) {
      expect(await foundEverywhere(q)).toEqual([[madeUpUscc(2)], [madeUpUscc(2)]])
    }
  })

  it('have a business that changed its name under both names', async () => {
    const renamed = {
      name: '望海市澜谷食品有限公司',
      formerNames: ['望海市星禾食品有限公司'],
      updatedAt: '2026-02-01T00:00:00.000Z',
    }
    await take(service.db, 'subjects', [subjectItem(2, renamed)])
    expect(await foundEverywhere('望海市澜谷食品有限公司')).toEqual([[madeUpUscc(2)], [madeUpUscc(2)]])
    expect(await foundEverywhere('望海市星禾食品有限公司')).toEqual([[madeUpUscc(2)], [madeUpUscc(2)]])
  })

  it('have the name of a shop once a report tells of it', async () => {
    const shop = { kind: 'shop', name: '青桥官方旗舰店', url: 'https://mall.example/shop/2' }
    await take(service.db, 'annual-reports', [reportItem(2, { webPresences: [shop] })])
    expect(await foundEverywhere('青桥旗舰店')).toEqual([[madeUpUscc(2)], [madeUpUscc(2)]])
  })

  it('know of a standing once the entry is told', async () => {
    await listLateReporters({ db: service.db, on: '2026-07-08', now: () => new Date('2026-07-08T02:00:00Z') })
    expect(await foundEverywhere('云帆电子商务', { standing: 'abnormal' })).toEqual([[madeUpUscc(1)], [madeUpUscc(1)]])
    expect(await foundEverywhere('云帆电子商务', { standing: 'clear' })).toEqual([[], []])
  })

  it('are in a process that starts now what they are in one that followed', async () => {
    // A line to itself for each business: a name of two lines tells of no other.
    await service.db.execute(sql`update web_presences set name = E'青桥\n官方旗舰店' where uscc = ${madeUpUscc(2)}`)
    const listener = startFeedListener(service.database.url)
    const late = startFollowingNames(service.db, listener, service.clock)
    await late.built
    const index = late.present?.index
    expect(index?.size).toBe(2)
    const found = (q: string, filter = {}) =>
      (index?.find(q, filter) ?? []).filter(({ score }) => score > 0.45).map((one) => [one.uscc, one.matchedOn])
    expect(found('望海市澜谷食品有限公司')).toEqual([[madeUpUscc(2), 'name']])
    expect(found('望海市星禾食品有限公司')).toEqual([[madeUpUscc(2), 'former-name']])
    expect(found('青桥官方旗舰店')).toEqual([[madeUpUscc(2), 'shop-name']])
    expect(found('云帆电子商务', { standing: 'abnormal', regionCode: '9999' })).toEqual([[madeUpUscc(1), 'name']])
    expect(found('云帆电子商务', { standing: 'clear' })).toEqual([])
    expect(index?.registered(madeUpUscc(2), true)).toMatchObject({
      name: '望海市澜谷食品有限公司',
      otherNames: ['望海市星禾食品有限公司'],
      status: 'active',
    })
    await listener.stop()
    await late.stop()
  })

  it('narrow by the beginning of a region code and by kind of business', async () => {
    expect(await foundEverywhere('云帆电子商务', { regionCode: '9999' })).toEqual([[madeUpUscc(1)], [madeUpUscc(1)]])
    expect(await foundEverywhere('云帆电子商务', { regionCode: '999902' })).toEqual([[], []])
    expect(await foundEverywhere('云帆电子商务', { entityType: 'branch' })).toEqual([[], []])
  })
})
