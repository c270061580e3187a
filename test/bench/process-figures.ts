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

/** Time on the processor that a process has taken so far, in ms, as Linux tells it (to 10 ms); NaN elsewhere. */
export function processorMs(pid: number | undefined): number {
  try {
    const fields = readFileSync(`/proc/${String(pid ?? 'self')}/stat`, 'utf8')
      .replace(/^.*\) /, '')
      .split(' ')
    return (Number(fields[11]) + Number(fields[12])) * 10
  } catch {
    return NaN
  }
}
