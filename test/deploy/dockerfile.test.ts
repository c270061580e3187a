import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { DockerfileParser, type Argument, type Flag } from 'dockerfile-ast'
import { expect, it } from 'vitest'
import { settingNames, textOf } from './files.ts'

/** COPY, as the parser gives it. */
interface Copying {
  getFromFlag(): Flag | null
  getArguments(): Argument[]
  getRange(): { start: { line: number } }
}

const dockerfile = DockerfileParser.parse(textOf('Dockerfile'))
const root = join(import.meta.dirname, '../..')
const instructions = (keyword: string) => dockerfile.getInstructions().filter((one) => one.getKeyword() === keyword)
const last = dockerfile.getFROMs().at(-1)!
const inLastStage = (line: number) => line > last.getRange().start.line

it('is built from one version of Node, that of the tests, and takes the digest as an argument', () => {
  const node = instructions('ARG')[0]?.getArgumentsContent()
  expect(node).toMatch(/^NODE=node:\d+\.\d+\.\d+-bookworm-slim$/)
  for (const from of dockerfile.getFROMs()) expect(from.getImage()).toBe('${NODE}')
})

it('runs as a numbered user who is not root and owns nothing of the program', () => {
  const users = instructions('USER').filter((user) => inLastStage(user.getRange().start.line))
  expect(users.map((user) => user.getArgumentsContent())).toEqual(['10001:10001'])
  for (const copy of instructions('COPY')) expect(copy.getTextContent()).not.toMatch(/--chown|--chmod/)
  expect(dockerfile.getInstructions().map((one) => one.getKeyword())).not.toContain('ADD')
})

it('copies only what is there, and what .dockerignore lets in', () => {
  const allowed = textOf('.dockerignore')
    .split('\n')
    .filter((line) => line.startsWith('!'))
    .map((line) => line.slice(1))
  for (const copy of instructions('COPY') as unknown as Copying[]) {
    if (copy.getFromFlag() !== null) continue
    const paths = copy.getArguments().map((argument) => argument.getValue())
    for (const path of paths.slice(0, -1)) {
      expect(existsSync(join(root, path)), path).toBe(true)
      expect(
        allowed.some((one) => path === one || path.startsWith(`${one}/`)),
        path,
      ).toBe(true)
    }
  }
})

it('installs from the lockfile alone, and what runs without what only builds or embeds', () => {
  const runs = instructions('RUN').map((run) => run.getArgumentsContent() ?? '')
  expect(runs.filter((run) => /npm (i|install)\b/.test(run))).toEqual([])
  expect(runs.some((run) => run.startsWith('npm ci --omit=dev --omit=optional'))).toBe(true)
  const given = (instructions('COPY') as unknown as Copying[]).filter((copy) => inLastStage(copy.getRange().start.line))
  expect(given.map((copy) => copy.getFromFlag()?.getValue() ?? null).filter((name) => name !== null)).toEqual([
    'packages',
    'build',
  ])
})

it('starts Node itself, so that SIGTERM reaches it, and asks /livez whether it is alive', () => {
  const [entry] = instructions('ENTRYPOINT') as unknown as { getJSONStrings(): { getJSONValue(): string }[] }[]
  expect(entry?.getJSONStrings().map((text) => text.getJSONValue())).toEqual(['node', '/app/bin/xinjian.js'])
  const [check] = instructions('HEALTHCHECK')
  expect(check?.getTextContent()).toMatch(/--timeout=3s[\s\S]*CMD \["node", "-e", "fetch\(`[^`]*\/livez`\)/)
  expect(instructions('STOPSIGNAL')[0]?.getArgumentsContent()).toBe('SIGTERM')
})

it('sets nothing but settings of the service', () => {
  const names = [...textOf('Dockerfile').matchAll(/^(?:ENV|\s{3}) ([A-Z_]+)=/gm)].map(([, name = '']) => name)
  expect(names.length).toBeGreaterThan(3)
  for (const name of names) expect(name === 'NODE_ENV' || settingNames.has(name), name).toBe(true)
})
