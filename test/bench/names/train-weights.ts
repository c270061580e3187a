/**
 * Makes src/search/data/weights.ts: logistic regression (ridge, iteratively reweighted least squares) on variants and
 * near misses made from the names given; the given pairs themselves are not used, so that they can judge.
 * `node --import tsx test/bench/names/train-weights.ts`
 */
import { writeFileSync } from 'node:fs'
import { compareNames } from '../../../src/search/compare.ts'
import { parseName } from '../../../src/search/parse.ts'
import { featuresOf } from '../../../src/search/score.ts'
import { readNames } from './names.ts'
import { nearMissKinds, nearMissPairs } from './near-misses.ts'
import { variantPairs } from './variants.ts'

const names = readNames()
if (names === null) throw new Error('../shared/data/names-200k.tsv.gz is not there')
const count = 20_000
const pairs = [
  ...variantPairs(
    names.map(({ name }) => name),
    count,
    1,
  ),
  ...nearMissPairs(names, count, 2),
].filter(({ a, b }) => parseName(a).normal !== parseName(b).normal)

const rows = pairs.map(({ a, b }) => [1, ...Object.values(featuresOf(compareNames(parseName(a), parseName(b))))])
// Of some kinds there are few pairs of real names: these count for as many as there should be.
const perKind = new Map<string, number>()
for (const { kind } of pairs) perKind.set(kind, (perKind.get(kind) ?? 0) + 1)
const shares: Record<string, number> = nearMissKinds
const counts = pairs.map(({ kind, same }) =>
  same ? 1 : Math.min(50, (count * (shares[kind] ?? 0)) / 100 / (perKind.get(kind) ?? 1)),
)
const labels = pairs.map(({ same }) => (same ? 1 : 0))
const keys = ['bias', ...Object.keys(featuresOf(compareNames(parseName('甲'), parseName('乙'))))]

/** Solves m x = v by Gaussian elimination with pivots. */
function solve(m: number[][], v: number[]): number[] {
  const size = v.length
  const rowsOf = m.map((row, at) => [...row, v[at]!])
  for (let column = 0; column < size; column++) {
    let pivot = column
    for (let row = column + 1; row < size; row++) {
      if (Math.abs(rowsOf[row]![column]!) > Math.abs(rowsOf[pivot]![column]!)) pivot = row
    }
    ;[rowsOf[column], rowsOf[pivot]] = [rowsOf[pivot]!, rowsOf[column]!]
    for (let row = 0; row < size; row++) {
      if (row === column) continue
      const factor = rowsOf[row]![column]! / rowsOf[column]![column]!
      for (let at = column; at <= size; at++) rowsOf[row]![at]! -= factor * rowsOf[column]![at]!
    }
  }
  return rowsOf.map((row, at) => row[size]! / row[at]!)
}

const ridge = 1

/** The weights of the features in use (indexes into `keys`). */
function fit(used: readonly number[]): number[] {
  let solution = used.map(() => 0)
  const data = rows.map((row) => used.map((column) => row[column]!))
  for (let step = 0; step < 25; step++) {
    const gradient = solution.map((weight, at) => (used[at] === 0 ? 0 : -ridge * weight))
    const hessian = used.map((_, at) => used.map((__, other) => (at === other ? ridge : 0)))
    for (const [at, row] of data.entries()) {
      const sum = row.reduce((total, value, column) => total + value * solution[column]!, 0)
      const p = 1 / (1 + Math.exp(-sum))
      for (let i = 0; i < row.length; i++) {
        if (row[i] === 0) continue
        gradient[i]! += counts[at]! * (labels[at]! - p) * row[i]!
        for (let j = 0; j < row.length; j++) hessian[i]![j]! += counts[at]! * p * (1 - p) * row[i]! * row[j]!
      }
    }
    const change = solve(hessian, gradient)
    solution = solution.map((weight, at) => weight + change[at]!)
    if (Math.max(...change.map(Math.abs)) < 1e-6) break
  }
  return solution
}

// A difference never makes two names more likely one: what would, for want of examples, weighs nothing. How rare the
// characters of a slip are may tell in either direction.
const eitherWay = /^bias$|Rare$/
let used = keys.map((_, at) => at)
let solution = fit(used)
for (;;) {
  const kept = used.filter((column, at) => solution[at]! <= 0 || eitherWay.test(keys[column]!))
  if (kept.length === used.length) break
  used = kept
  solution = fit(used)
}
const weightOf = (column: number) => (used.includes(column) ? solution[used.indexOf(column)]! : 0)

writeFileSync(
  'src/search/data/weights.ts',
  `// Made by test/bench/names/train-weights.ts.
/** What each difference between two names adds to the log odds that they are one business. */
export const weights: Readonly<Record<string, number>> = {
${keys.map((key, at) => `  ${key}: ${weightOf(at).toFixed(3)},`).join('\n')}
}
`,
)
