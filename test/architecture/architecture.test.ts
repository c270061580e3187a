import { readdirSync, readFileSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { cruise, type ICruiseResult } from 'dependency-cruiser'
import { beforeAll, expect, it } from 'vitest'
import { pureFiles, rules } from './rules.ts'

let result: ICruiseResult

async function cruiseTree(baseDir: string): Promise<ICruiseResult> {
  const { output } = await cruise(['src', 'jobs'], {
    baseDir,
    ruleSet: { forbidden: rules },
    validate: true,
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.tsx', '.js'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'types'],
    },
  })
  return output as ICruiseResult
}

beforeAll(async () => {
  result = await cruiseTree(process.cwd())
})

it('reads the whole of the source: a check of nothing would pass too', () => {
  const own = result.modules.filter((module) => /^(src|jobs)\//.test(module.source))
  expect(own.length).toBeGreaterThanOrEqual(60)
  expect(result.summary.totalDependenciesCruised).toBeGreaterThanOrEqual(200)
  // Types count: what only a type imports is resolved too.
  expect(own.every((module) => module.dependencies.every((dependency) => !dependency.couldNotResolve))).toBe(true)
})

it('lets nobody import whom it may not', () => {
  const violations = result.summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`)
  expect(violations).toEqual([])
})

it('finds what the rules forbid when it is there', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'xinjian-rules-'))
  const files = {
    'src/rulebook/terms.ts': "import '../platform/db.ts'",
    'src/platform/db.ts': "import '../feed/service.ts'",
    'src/feed/service.ts': "import '../registry/repository.ts'",
    'src/feed/domain.ts': "import 'drizzle-orm'",
    'src/feed/routes.ts': "import 'drizzle-orm'",
    'src/registry/repository.ts': "import '../feed/routes.ts'",
    'src/sources/service.ts': "import '../../jobs/schedule.ts'",
    'jobs/schedule.ts': "import '../src/registry/repository.ts'",
    'node_modules/drizzle-orm/index.js': '',
    'node_modules/drizzle-orm/package.json': '{"name":"drizzle-orm","main":"index.js"}',
  }
  for (const [file, code] of Object.entries(files)) {
    await mkdir(dirname(join(folder, file)), { recursive: true })
    await writeFile(join(folder, file), code)
  }
  const names = (await cruiseTree(folder)).summary.violations.map(({ rule }) => rule.name)
  await rm(folder, { recursive: true })
  for (const name of [
    'rulebook-is-pure',
    'platform-knows-no-feature',
    'services-use-services',
    'domain-is-pure',
    'routes-know-no-drizzle',
    'repository-only-queries',
    'src-stands-alone',
    'jobs-are-thin',
  ]) {
    expect(names).toContain(name)
  }
})

it('keeps the clock, the environment and the network out of the rules', () => {
  const files = readdirSync('src', { recursive: true, encoding: 'utf8' })
    .map((file) => `src/${file.replaceAll('\\', '/')}`)
    .filter((file) => new RegExp(pureFiles).test(file) || /^src\/rulebook\/.*\.ts$/.test(file))
  expect(files.length).toBeGreaterThanOrEqual(12)
  for (const file of files) {
    const code = readFileSync(file, 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '')
    expect([file, /new Date\(\)|Date\.now|process\.|fetch\(|Math\.random/.exec(code)?.[0]]).toEqual([file, undefined])
  }
})

it('keeps each file to one subject', () => {
  const files = ['src', 'jobs'].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((file) => `${folder}/${file}`),
  )
  const long = files.filter((file) => /\.tsx?$/.test(file) && readFileSync(file, 'utf8').split('\n').length > 400)
  expect(long).toEqual([])
})
