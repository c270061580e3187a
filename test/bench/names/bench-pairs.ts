import { sql } from 'drizzle-orm'
import { asJson, rowsOf } from '../../../src/platform/db.ts'
import { normaliseName } from '../../../src/search/normalise.ts'
import { likelyScore, scoreNames } from '../../../src/search/score.ts'
import { openBenchDatabase } from './bench-database.ts'
import { bigramDice, readPairs, recallAt, thresholdAt } from './pairs.ts'
import { readNames } from './names.ts'
import { nearMissPairs } from './near-misses.ts'
import { say, table } from './report.ts'
import { variantPairs, type NamePair } from './variants.ts'

interface Scored {
  method: string
  same: number[]
  different: number[]
}

const falseShares = [0.01, 0.02, 0.05]

/** Recall at 1, 2 and 5% false matches, of the pairs given and of pairs made from other names than the weights saw. */
export async function benchPairs(): Promise<void> {
  const given = readPairs()
  if (given === null) say('../shared/data is not there: the given pairs are left out.\n')
  else {
    await compare('pairs given: synthetic variants against near misses', given.synthetic, given.different)
    await compare('pairs given: short, English and changed names of listed companies', given.real, given.different)
  }
  const names = readNames()
  if (names === null) say('../shared/data/names-200k.tsv.gz is not there: pairs made from it are left out.\n')
  else {
    await compare(
      'pairs made for this bench (another seed than the training)',
      variantPairs(
        names.map(({ name }) => name),
        4000,
        77,
      ),
      nearMissPairs(names, 4000, 78),
    )
  }
}

async function compare(title: string, same: NamePair[], different: NamePair[]): Promise<void> {
  say(`## ${title} (${same.length} same, ${different.length} different)\n`)
  const scoredBy = (method: string, score: (a: string, b: string) => number): Scored => ({
    method,
    same: same.map(({ a, b }) => score(a, b)),
    different: different.map(({ a, b }) => score(a, b)),
  })
  const ours = scoredBy('by parts', (a, b) => scoreNames(a, b).score)
  const methods: Scored[] = [
    ours,
    scoredBy('bigram Dice', bigramDice),
    scoredBy('bigram Dice of normal forms', (a, b) => bigramDice(normaliseName(a), normaliseName(b))),
  ]
  const trigrams = await trigramSimilarity([...same, ...different])
  if (trigrams !== null) {
    methods.push({ method: 'pg_trgm', same: trigrams.slice(0, same.length), different: trigrams.slice(same.length) })
  }
  table(
    ['recall at', ...falseShares.map((share) => `${share * 100}% false`)],
    methods.map((scored) => [
      scored.method,
      ...falseShares.map((share) => recallAt(scored.same, thresholdAt(scored.different, share)).toFixed(3)),
    ]),
  )
  const kinds = [...new Set(same.map(({ kind }) => kind))]
  table(
    ['by parts, kind', 'pairs', ...falseShares.map((share) => `${share * 100}% false`), `likely (${likelyScore})`],
    kinds.map((kind) => {
      const scores = ours.same.filter((_, at) => same[at]?.kind === kind)
      return [
        kind,
        scores.length,
        ...falseShares.map((share) => recallAt(scores, thresholdAt(ours.different, share)).toFixed(3)),
        recallAt(scores, likelyScore).toFixed(3),
      ]
    }),
  )
  const missKinds = [...new Set(different.map(({ kind }) => kind))]
  table(
    ['different, kind', 'pairs', `taken for likely (${likelyScore})`],
    missKinds.map((kind) => {
      const scores = ours.different.filter((_, at) => different[at]?.kind === kind)
      return [kind, scores.length, recallAt(scores, likelyScore).toFixed(3)]
    }),
  )
}

async function trigramSimilarity(pairs: NamePair[]): Promise<number[] | null> {
  const database = await openBenchDatabase()
  if (database === null) {
    say('No PostgreSQL answers: pg_trgm is left out.\n')
    return null
  }
  try {
    await database.db.execute(sql`create extension if not exists pg_trgm`)
    const rows = await rowsOf<{ similarity: number }>(
      database.db,
      sql`select similarity(p.value ->> 0, p.value ->> 1) as similarity
          from json_array_elements(${asJson(pairs.map(({ a, b }) => [a, b]))}) with ordinality as p (value, at) order by p.at`,
    )
    return rows.map(({ similarity }) => similarity)
  } finally {
    await database.drop()
  }
}
