/**
 * Names and search (issue 5): telling pairs of names apart beside bigram Dice and pg_trgm, and finding one of a million
 * names beside pg_trgm and FlexSearch, all on the same data in one run. Real names from ../shared/data where they are at
 * hand; the rest, up to `--n`, are made by recombining regions, trade names, trades and forms.
 */
import { parseArgs } from 'node:util'
import { benchIndex } from './names/bench-index.ts'
import { benchPairs } from './names/bench-pairs.ts'

const { values } = parseArgs({
  options: {
    n: { type: 'string', default: '1000000' },
    queries: { type: 'string', default: '2000' },
    others: { type: 'string', default: '60' },
    'only-pairs': { type: 'boolean', default: false },
    /** Without the pairs; on the province of the bench of the whole table when that started this one. */
    'only-index': { type: 'boolean', default: false },
  },
})
if (!values['only-index']) await benchPairs()
if (!values['only-pairs']) {
  await benchIndex({ n: Number(values.n), queries: Number(values.queries), others: Number(values.others) })
}
