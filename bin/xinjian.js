#!/usr/bin/env node
// The command line: from source in a checkout, from the compiled output in production.
import { existsSync } from 'node:fs'

const source = new URL('../src/cli.ts', import.meta.url)
if (process.env.NODE_ENV !== 'production' && existsSync(source)) {
  const { register } = await import('tsx/esm/api')
  register()
}
const built = process.env.NODE_ENV === 'production' || !existsSync(source)
const { runCli } = await import(built ? '../dist/src/cli.js' : '../src/cli.ts')
const { jobs } = await import(built ? '../dist/jobs/schedule.js' : '../jobs/schedule.ts')
const { startSchedule } = await import(built ? '../dist/jobs/main.js' : '../jobs/main.ts')
await runCli(process.argv, { jobs, startSchedule })
