import { parseUscc } from '../registry/identifiers.ts'

/** A file that cannot be read as a whole. `message` names the file and what is wrong. */
export class FileError extends Error {
  override name = 'FileError'
}

/** What one line of a file, or the rows that belong together, came to. */
export type FileRecord = { ok: true; record: unknown } | { ok: false; raw: string; detail: string }

/**
 * The one valid code that stands in a line which cannot be read, so that nobody is judged on a record that was lost; null when there
 * is none, or several.
 */
export function codeIn(raw: string): string | null {
  const candidates = raw.slice(0, 20_000).match(/(?<![0-9A-Za-z])[0-9A-Za-z]{18}(?![0-9A-Za-z])/g) ?? []
  const codes = new Set(candidates.map((candidate) => parseUscc(candidate)).filter((code) => code !== null))
  const [code] = codes
  return codes.size === 1 ? (code ?? null) : null
}

/** Told how many bytes have been read. */
export type OnBytes = (bytes: number) => void
