import { execFile } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { check } from 'recheck'
import ts from 'typescript'
import { expect, it } from 'vitest'

interface Pattern {
  place: string
  source: string
  flags: string
}

/** Everything that is written in these folders runs in the service, in its jobs, in the client or in a browser. */
const folders = ['src', 'jobs', 'bin', 'clients/typescript/src', 'scripts']
const files = folders.flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.[jt]sx?$/.test(file))
    .map((file) => join(folder, file)),
)

/**
 * The regular expressions that are written in a file, found in its syntax tree: literals, texts that `match`, `matchAll` and
 * `search` make into one, and those that fields of forms have for the browser. `made` tells where `RegExp` makes one.
 */
function readPatterns(file: string, text: string): { written: Pattern[]; made: string[] } {
  const tree = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true)
  const written: Pattern[] = []
  const made: string[] = []
  const visit = (node: ts.Node): void => {
    const place = `${file}:${tree.getLineAndCharacterOfPosition(node.getStart()).line + 1}`
    if (node.kind === ts.SyntaxKind.RegularExpressionLiteral) {
      const [, source = '', flags = ''] = /^\/(.*)\/(\w*)$/s.exec(node.getText()) ?? []
      written.push({ place, source, flags })
    } else if (ts.isJsxAttribute(node) && node.name.getText() === 'pattern') {
      if (node.initializer && ts.isStringLiteral(node.initializer)) {
        written.push({ place, source: `^(?:${node.initializer.text})$`, flags: 'u' })
      } else made.push(place)
    } else if (ts.isCallExpression(node) || ts.isNewExpression(node)) {
      const [first] = node.arguments ?? []
      if (/^(?:globalThis\.)?RegExp$/.test(node.expression.getText())) made.push(place)
      else if (first && /\.(?:match|matchAll|search)$/.test(node.expression.getText())) {
        if (ts.isStringLiteralLike(first)) written.push({ place, source: first.text, flags: '' })
        else if (ts.isTemplateExpression(first)) made.push(place)
      }
    }
    ts.forEachChild(node, visit)
  }
  visit(tree)
  return { written, made }
}

/** What `RegExp` is given in our own files, seen by a process that loads them anew: here other tests have loaded them. */
async function patternsMadeAt(places: readonly string[]): Promise<Pattern[]> {
  const script = fileURLToPath(new URL('made-patterns.ts', import.meta.url))
  const given = [...new Set(places.map((place) => place.replace(/:\d+$/, '')))]
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--enable-source-maps', '--import', 'tsx', script, ...given],
    { maxBuffer: 100_000_000 },
  )
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '[]') as Pattern[]
}

/** Null when no text makes it take more than time in proportion to the text. */
async function faultOf({ place, source, flags }: Pattern): Promise<string | null> {
  // What the exact method cannot judge (look-around, back-references) is attacked by a fuzzer.
  let found = await check(source, flags, { timeout: 20_000, checker: 'automaton' })
  if (found.status === 'unknown') found = await check(source, flags, { timeout: 60_000, checker: 'fuzz' })
  if (found.status === 'safe') return null
  const why = found.status === 'unknown' ? `was not judged: ${found.error.kind}` : found.complexity.summary
  return `${place} ${why} /${source}/${flags}`
}

it('has no regular expression that takes more than time in proportion to the text, whatever the text', async () => {
  const read = files.map((file) => readPatterns(file, readFileSync(file, 'utf8')))
  const places = read.flatMap(({ made }) => made)
  const made = await patternsMadeAt(places)
  // A new place that makes patterns has to run here too.
  expect(places.filter((place) => !made.some((pattern) => pattern.place === place))).toEqual([])
  const patterns = [...read.flatMap(({ written }) => written), ...made]
  expect(patterns.length).toBeGreaterThan(300)
  const faults: (string | null)[] = []
  for (const pattern of patterns) faults.push(await faultOf(pattern))
  expect(faults.filter((fault) => fault !== null)).toEqual([])
})

it.each([
  ['a literal', 'const x = /^(a+)+$/'],
  ['a literal that looks ahead', 'const x = /^(?=(a+)+$)/'],
  ['a literal with a back-reference', 'const x = /(a)\\1+$/'],
  ['one that is slow by where it may begin', 'const x = / +$/'],
  ['a text for match', "const x = y.match('^(a+)+$')"],
  ['a field of a form', 'const x = <input pattern="(a+)+" />'],
])('would notice %s', async (_what, text) => {
  const { written } = readPatterns('made-up.tsx', text)
  expect(await Promise.all(written.map(faultOf))).toEqual([expect.stringMatching(/exponential|polynomial/)])
})

it.each(['new RegExp(x)', "RegExp('a' + x)", 'y.match(`a${x}`)', '<input pattern={x} />'])(
  'would notice that %s makes one',
  (text) => {
    expect(readPatterns('made-up.tsx', `const z = ${text}`).made).toEqual(['made-up.tsx:1'])
  },
)
