import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { projectRoot } from '../../../src/platform/project.ts'

/** Where the data given lie; they are real names, and never copied into the project. */
export const sharedData = fileURLToPath(new URL('../shared/data/', projectRoot))

export interface RegisteredName {
  code: string
  name: string
}

/** 200,000 registered names with their codes; null where the data given are not at hand. */
export function readNames(): RegisteredName[] | null {
  const file = `${sharedData}names-200k.tsv.gz`
  if (!existsSync(file)) return null
  return gunzipSync(readFileSync(file))
    .toString('utf8')
    .split('\n')
    .flatMap((line) => {
      const [code, name] = line.split('\t')
      return code !== undefined && name !== undefined && /^[0-9A-Z]{18}$/.test(code) ? [{ code, name }] : []
    })
}

/** The same numbers in every run (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** One of them; the list must not be empty. */
export function oneOf<T>(list: readonly T[], random: () => number): T {
  return list[Math.floor(random() * list.length)]!
}
