#!/usr/bin/env node
// The command line: from source in a checkout, from the compiled output in production.
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const source = new URL('../src/cli.ts', import.meta.url)
if (process.env.NODE_ENV !== 'production' && existsSync(source)) {
  const { register } = await import('tsx/esm/api')
  // Named, since tsx would look for one in the folder that the command is called from.
  register({ tsconfig: fileURLToPath(new URL('../tsconfig.json', import.meta.url)) })
}
const built = process.env.NODE_ENV === 'production' || !existsSync(source)
const { runCli } = await import(built ? '../dist/src/cli.js' : '../src/cli.ts')
const { jobs } = await import(built ? '../dist/jobs/schedule.js' : '../jobs/schedule.ts')
const { startSchedule } = await import(built ? '../dist/jobs/main.js' : '../jobs/main.ts')
await runCli(process.argv, { jobs, startSchedule })
