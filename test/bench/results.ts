import { availableParallelism, cpus, totalmem } from 'node:os'
import { quantile, say, table } from './names/report.ts'
import type { ProfileLine } from './profiler.ts'

/** What a figure must reach: at least or at most so much. */
export type Goal = { least: number } | { most: number }

/** One line of the table of issue 9: a figure, its spread over the rounds, and what it is held to. */
export interface Result {
  /** The row of the table, such as `credit file`. */
  row: string
  what: string
  /** What was measured, with its unit, and what stood beside it in the same rounds. */
  measured: string
  yardstick: string
  /** The figure of each round: a ratio to the yardstick, or a plain number in `unit`. */
  figures: number[]
  unit: '' | 's' | 'ms' | 'MB'
  /** None for what is only told. */
  goal: Goal | null
}

/** A point of a curve of growth. */
export interface GrowthPoint {
  what: string
  n: number
  ms: number
}

/** What a bench hands to whoever started it. */
export interface Handed {
  results: Result[]
  growth?: GrowthPoint[]
  profiles?: { what: string; lines: ProfileLine[] }[]
}

/** The machine, as far as figures depend on it. */
export function machine(): { cpu: string; cores: number; memoryGb: number; node: string } {
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    memoryGb: Math.round(totalmem() / 1024 ** 3),
    node: process.version,
  }
}

/** Prints the results as a table and as JSON; hands them to the bench of the whole table when that started this one. */
export function hand(handed: Handed): void {
  printResults(handed.results)
  if (process.send === undefined) say(JSON.stringify({ machine: machine(), ...handed }))
  else process.send(handed)
}

export function printResults(results: readonly Result[]): void {
  table(['row', 'what', 'measured', 'beside', 'figure', 'goal', 'met'], results.map(cellsOf))
}

/** A line of the table as text. */
export function cellsOf(result: Result): string[] {
  const { row, what, measured, yardstick, figures, unit } = result
  return [row, what, measured, yardstick, figureOf(figures, unit), goalOf(result), metOf(result)]
}

function figureOf(figures: readonly number[], unit: string): string {
  const write = (value: number) => (value >= 100 ? value.toFixed(0) : value.toPrecision(2))
  const median = `${write(quantile(figures, 0.5))}${unit === '' ? '' : ` ${unit}`}`
  return figures.length < 2 ? median : `${median} (${write(Math.min(...figures))} to ${write(Math.max(...figures))})`
}

function goalOf({ goal, unit }: Result): string {
  if (goal === null) return ''
  const suffix = unit === '' ? '' : ` ${unit}`
  return 'least' in goal ? `≥ ${String(goal.least)}${suffix}` : `≤ ${String(goal.most)}${suffix}`
}

/** Whether the median reaches the goal; null where there is none. */
export function isMet({ figures, goal }: Result): boolean | null {
  if (goal === null) return null
  const median = quantile(figures, 0.5)
  return 'least' in goal ? median >= goal.least : median <= goal.most
}

function metOf(result: Result): string {
  const met = isMet(result)
  if (met === null) return ''
  return met ? 'yes' : '**no**'
}
