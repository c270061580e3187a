import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { check } from 'recheck'
import ts from 'typescript'
import { expect, it } from 'vitest'

interface Pattern {
  place: string
  source: string
  flags: string
}

/** Every regular expression that is written in the service, found in its syntax tree. */
function patternsOf(folder: string): Pattern[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => /\.tsx?$/.test(file))
  return files.flatMap((file) => {
    const tree = ts.createSourceFile(file, readFileSync(join(folder, file), 'utf8'), ts.ScriptTarget.Latest, true)
    const found: Pattern[] = []
    const visit = (node: ts.Node): void => {
      if (node.kind === ts.SyntaxKind.RegularExpressionLiteral) {
        const [, source = '', flags = ''] = /^\/(.*)\/(\w*)$/s.exec(node.getText()) ?? []
        const { line } = tree.getLineAndCharacterOfPosition(node.getStart())
        found.push({ place: `${file}:${line + 1}`, source, flags })
      }
      ts.forEachChild(node, visit)
    }
    visit(tree)
    return found
  })
}

it('has no regular expression that takes more than time in proportion to the text, whatever the text', async () => {
  const patterns = patternsOf('src')
  expect(patterns.length).toBeGreaterThan(80)
  const faults: string[] = []
  for (const { place, source, flags } of patterns) {
    const found = await check(source, flags, { timeout: 20_000, checker: 'automaton' })
    if (found.status === 'vulnerable') faults.push(`${place} ${found.complexity.summary} /${source}/${flags}`)
  }
  expect(faults).toEqual([])
})

it('would notice one that does', async () => {
  expect((await check('^(a+)+$', '')).status).toBe('vulnerable')
})
