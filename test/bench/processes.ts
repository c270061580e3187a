import { readFileSync } from 'node:fs'

/** Resident memory of a process in MB, as Linux tells it; NaN elsewhere. */
export function residentMb(pid: number | undefined): number {
  try {
    const status = readFileSync(`/proc/${String(pid ?? 'self')}/status`, 'utf8')
    return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? NaN) / 1024)
  } catch {
    return NaN
  }
}
