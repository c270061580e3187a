import { randomUUID } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import postgres from 'postgres'
import type { TestProject } from 'vitest/node'
import { migrateDatabase } from '../../src/platform/db.ts'
import { startEmbeddedPostgres } from '../../src/platform/embedded-postgres.ts'
import { makeServerFolder } from './folder.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** URL of the server, with `DATABASE_NAME` in the place of the database's name. */
    serverUrl: string
    /** A migrated database that each test file clones. */
    template: string
    /** A folder for what a start of `xinjian` keeps. */
    dataDir: string
  }
}

/** One real PostgreSQL for the whole run: that of DATABASE_URL, or an embedded one in a temporary folder. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env['DATABASE_URL']
  const server = given ? { urlOf: urlsOf(given), release: () => Promise.resolve() } : await startTemporaryServer()
  const template = `xinjian_test_${randomUUID().replaceAll('-', '')}`
  const admin = postgres(server.urlOf('postgres'), { max: 1, onnotice: () => undefined })
  await admin`create database ${admin(template)} template template0 encoding 'UTF8' lc_collate 'C.UTF-8' lc_ctype 'C.UTF-8'`
  await migrateDatabase(server.urlOf(template))
  project.provide('serverUrl', server.urlOf('DATABASE_NAME'))
  project.provide('template', template)
  const dataDir = await makeServerFolder('data')
  project.provide('dataDir', dataDir)
  return async () => {
    const databases = await admin<{ datname: string }[]>`
      select datname from pg_database where datname like ${`${template}%`}`
    for (const { datname } of databases) await admin`drop database ${admin(datname)} with (force)`
    await admin.end()
    await server.release()
    await rm(dataDir, { recursive: true, force: true })
  }
}

function urlsOf(given: string): (database: string) => string {
  return (database) => {
    const url = new URL(given)
    url.pathname = `/${database}`
    return url.href
  }
}

async function startTemporaryServer() {
  const folder = await makeServerFolder('test')
  const lines: string[] = []
  const server = await startEmbeddedPostgres({
    dataDir: join(folder, 'postgres'),
    log: (line) => lines.push(line),
    durable: false,
  })
  return {
    urlOf: (database: string) => server.urlOf(database),
    release: async () => {
      await server.release()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
