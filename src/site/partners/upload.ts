import { Problem } from '../../platform/problem.ts'
import type { Field, Form } from '../workspace/form.ts'
import { decodeText, readCandidates, type Candidate } from './candidates.ts'
import { screenings as texts } from './texts.ts'

/** The rows of a file, or pasted, as a field that a fault can be shown at. */
export const uploadFields: readonly Field[] = [
  { name: 'file', kind: 'file', label: texts.file, hint: texts.fileHint },
  { name: 'text', kind: 'long', label: texts.text, hint: texts.textHint },
]

/**
 * The sellers that somebody uploaded or pasted.
 * @returns the problem to show at its field where they cannot be read
 */
export function uploadedCandidates(
  form: Form,
  most: number,
): { candidates: Candidate[]; problem?: undefined } | { candidates?: undefined; problem: Problem } {
  const upload = form.file('file')
  const field = upload === null ? 'text' : 'file'
  const refuse = (detail: Problem['detail']) => ({
    problem: new Problem('invalid-request', detail, { errors: [{ pointer: `/body/${field}`, detail }] }),
  })
  const text = upload === null ? form.text('text') : decodeText(upload.bytes)
  if (text === null) return refuse(texts.faults.encoding)
  if (text.trim() === '') return refuse(texts.faults.nothing)
  const read = readCandidates(text, most)
  return read.fault === undefined ? { candidates: read.candidates } : refuse(read.fault)
}
