/** A line of the report. */
export function say(line: string): void {
  process.stdout.write(`${line}\n`)
}

export function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): void {
  say(`| ${head.join(' | ')} |`)
  say(`|${head.map(() => ' --- ').join('|')}|`)
  for (const row of rows) say(`| ${row.join(' | ')} |`)
  say('')
}

/** The value below which this share of the values lies. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
}

/** p50 / p95 / p99 in milliseconds. */
export function quantiles(values: readonly number[]): string {
  return [0.5, 0.95, 0.99].map((share) => quantile(values, share).toFixed(1)).join(' / ')
}
