import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse, parseAllDocuments } from 'yaml'
import { describeConfig, parseConfig } from '../../src/config.ts'

const root = join(import.meta.dirname, '../..')

/** Text of a file of the project. */
export const textOf = (path: string): string => readFileSync(join(root, path), 'utf8')

/** A YAML file with its anchors and merges resolved. */
export const yamlOf = (path: string): unknown => parse(textOf(path), { merge: true })

/** All documents of a YAML file. @throws when one has an error or a warning */
export function documentsOf<Document>(path: string): Document[] {
  return parseAllDocuments(textOf(path)).map((document) => {
    const [fault] = [...document.errors, ...document.warnings]
    if (fault !== undefined) throw fault
    return document.toJS() as Document
  })
}

/** Names of all settings that the service knows. */
export const settingNames: ReadonlySet<string> = new Set(describeConfig(parseConfig({})).map(({ name }) => name))
