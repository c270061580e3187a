import { mkdtemp, open, rm, type FileHandle } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { createInterface } from 'node:readline'
import { join } from 'node:path'
import { createHash } from 'node:crypto'
import { codeIn, type FileRecord } from './file-record.ts'
import type { RowRecord } from './files-table.ts'

/** So many rows are put together in memory; of a longer file, parts one after the other. */
const rowsInMemory = 20_000
/** A file of a million rows gives parts of some 16,000. */
const partCount = 64
/** The schema takes 1,000 sites in a report; one more is enough to be refused. */
const maxSites = 1001

/**
 * Puts the rows of a table of annual reports together: all rows of one code and year are one report with several sites,
 * wherever in the file they stand. Where rows of a report contradict each other, or one of them cannot be read, the whole report is told as
 * unreadable: taken without a site it would say that the site is gone. Memory is bounded: the rows of a long file are
 * dealt out to parts by code and year, and each part is put together by itself.
 */
export async function* groupReports(rows: AsyncIterable<RowRecord>): AsyncGenerator<FileRecord> {
  const first: RowRecord[] = []
  let parts: Parts | null = null
  try {
    for await (const row of rows) {
      if (parts === null && first.length < rowsInMemory) {
        first.push(row)
        continue
      }
      parts ??= await openParts()
      for (const held of first.splice(0)) await parts.add(held)
      await parts.add(row)
    }
    if (parts === null) yield* reportsOf(first)
    else for await (const part of parts.read()) yield* reportsOf(part)
  } finally {
    await parts?.close()
  }
}

interface Parts {
  add(row: RowRecord): Promise<void>
  read(): AsyncGenerator<RowRecord[]>
  close(): Promise<void>
}

async function openParts(): Promise<Parts> {
  const folder = await mkdtemp(join(tmpdir(), 'xinjian-reports-'))
  const files: FileHandle[] = []
  for (let i = 0; i < partCount; i += 1) files.push(await open(join(folder, String(i)), 'wx+', 0o600))
  const waiting = files.map(() => [] as string[])
  const write = async (part: number) => {
    const lines = waiting[part]?.splice(0).join('') ?? ''
    if (lines !== '') await files[part]?.appendFile(lines)
  }
  return {
    add: async (row) => {
      // By a digest, so that the order of the reports, and with it where an import goes on, is the same each time.
      const part = (createHash('sha1').update(codeOf(row)).digest()[0] ?? 0) % partCount
      waiting[part]?.push(`${JSON.stringify(row)}\n`)
      if ((waiting[part]?.length ?? 0) >= 256) await write(part)
    },
    read: async function* () {
      for (let part = 0; part < partCount; part += 1) {
        await write(part)
        const rows: RowRecord[] = []
        const stream = files[part]?.createReadStream({ start: 0, autoClose: false })
        if (stream === undefined) continue
        for await (const line of createInterface({ input: stream, crlfDelay: Infinity })) {
          rows.push(JSON.parse(line) as RowRecord)
        }
        yield rows
      }
    },
    close: async () => {
      for (const file of files) await file.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** The code that a row names, by which rows are dealt out: all of a business come together, those that cannot be read too. */
function codeOf(row: RowRecord): string {
  if (!('fields' in row)) return codeIn(row.raw) ?? `#${row.line}`
  const { uscc } = row.fields
  return typeof uscc === 'string' ? uscc.normalize('NFKC').replace(/[\s-]/g, '').toUpperCase() : `#${row.line}`
}

/** Rows without a year are reports of their own, to be refused. */
function keyOf(row: RowRecord & { fields: Record<string, unknown> }): string {
  return `${codeOf(row)} ${(row.fields['year'] as string | number | undefined) ?? `#${row.line}`}`
}

interface Report {
  code: string
  fields: Record<string, unknown>
  sites: Record<string, unknown>[]
  lines: number[]
  fault: string | null
}

function* reportsOf(rows: readonly RowRecord[]): Generator<FileRecord> {
  const reports = new Map<string, Report>()
  const lost = new Map<string, number>()
  for (const row of rows) {
    if (!('fields' in row)) {
      lost.set(codeOf(row), row.line)
      yield { ok: false, raw: row.raw, detail: row.fault }
      continue
    }
    const { site, fields, fault } = splitSite(row)
    const key = keyOf(row)
    const report = reports.get(key)
    if (report === undefined) {
      reports.set(key, { code: codeOf(row), fields, sites: site, lines: [row.line], fault })
      continue
    }
    report.fault ??= fault ?? contradictionOf(report, fields, row.line)
    // A row that was corrected later makes the whole report as new.
    const [before, now] = [String(report.fields['updatedAt']), String(fields['updatedAt'])]
    report.fields = { ...fields, ...report.fields, updatedAt: Date.parse(now) > Date.parse(before) ? now : before }
    if (report.sites.length < maxSites) report.sites.push(...site)
    if (report.lines.length < maxSites) report.lines.push(row.line)
  }
  for (const { code, fields, sites, lines, fault } of reports.values()) {
    const record = { ...fields, webPresences: sites }
    const lostLine = lost.get(code)
    const why = fault ?? (lostLine === undefined ? null : `line ${lostLine} of the same business cannot be read`)
    if (why === null) yield { ok: true, record }
    else yield { ok: false, raw: JSON.stringify(record), detail: `${why} (lines ${lines.slice(0, 20).join(', ')})` }
  }
}

/** The site that a row names, of which a report has a list; a cell may also hold the whole list as JSON. */
function splitSite(row: { line: number; fields: Record<string, unknown> }) {
  const { webPresences, ...rest } = row.fields
  const isSite = ([field]: [string, unknown]) => field.startsWith('webPresences.')
  const fields = Object.fromEntries(Object.entries(rest).filter((entry) => !isSite(entry)))
  const parts = Object.entries(rest).filter(isSite)
  const site: Record<string, unknown>[] =
    parts.length === 0
      ? []
      : [Object.fromEntries(parts.map(([field, value]) => [field.slice('webPresences.'.length), value]))]
  if (webPresences === undefined) return { site, fields, fault: null }
  const listed = listOf(webPresences)
  return listed === null
    ? { site, fields, fault: `webPresences on line ${row.line} is no JSON list` }
    : { site: [...site, ...listed], fields, fault: null }
}

function listOf(cell: unknown): Record<string, unknown>[] | null {
  try {
    const list: unknown = JSON.parse(String(cell))
    return Array.isArray(list) ? (list.slice(0, maxSites) as Record<string, unknown>[]) : null
  } catch {
    return null
  }
}

function contradictionOf(report: Report, fields: Record<string, unknown>, line: number): string | null {
  // Rows with ids of their own are still rows of one report; its id is that of the first.
  const differs = ['name', 'publishedOn'].find(
    (field) =>
      field in fields &&
      field in report.fields &&
      String(fields[field]).normalize('NFKC') !== String(report.fields[field]).normalize('NFKC'),
  )
  return differs === undefined ? null : `rows of one report differ in ${differs} on line ${line}`
}
