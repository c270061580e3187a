import { readFileSync } from 'node:fs'

/** The folder of package.json and migrations, from src/platform and from dist/src/platform alike. */
export const projectRoot = new URL(import.meta.url.includes('/dist/src/') ? '../../../' : '../../', import.meta.url)

/** The version of this build, as in package.json. */
export const { version } = JSON.parse(readFileSync(new URL('package.json', projectRoot), 'utf8')) as { version: string }
