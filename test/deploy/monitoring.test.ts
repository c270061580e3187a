import { execFile, execFileSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { parser } from '@prometheus-io/lezer-promql'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { subjectItem } from '../support/businesses.ts'
import { startTestService, type TestService } from '../support/service.ts'
import { take } from '../support/take.ts'
import { enterOnList } from '../screening/screening.ts'
import { documentsOf, textOf, yamlOf } from './files.ts'

interface Alert {
  alert: string
  expr: string
  labels: { severity: string }
  annotations: { summary: string; runbook_url: string }
}
interface Groups {
  groups: { name: string; rules: Alert[] }[]
}
interface Panel {
  type: string
  title: string
  gridPos: { x: number; y: number; w: number; h: number }
  targets?: { expr: string; legendFormat: string }[]
}

const { groups } = yamlOf('deploy/prometheus/alerts.yaml') as Groups
const alerts = groups.flatMap(({ rules }) => rules)
const dashboard = JSON.parse(textOf('deploy/grafana/xinjian.json')) as { panels: Panel[] }
const queries = [
  ...alerts.map(({ alert, expr }) => ({ where: alert, expr })),
  ...dashboard.panels.flatMap(({ title, targets = [] }) =>
    // What Grafana puts in before it asks.
    targets.map(({ expr }) => ({ where: title, expr: expr.replaceAll('$__rate_interval', '5m') })),
  ),
]

let service: TestService
/** Series by name, each with the names of its labels. */
const told = new Map<string, Set<string>>()

beforeAll(async () => {
  service = await startTestService()
  await take(service.db, 'subjects', [subjectItem(1)])
  await enterOnList(service.db, 1, 'abnormal')
  await service.sequence()
  const { body } = await service.app.inject('/metrics')
  // Every series that the service can tell has its type in the text, also where there is nothing to count yet.
  for (const [, name = '', type] of body.matchAll(/^# TYPE (\S+) (\S+)$/gm)) {
    const names: Record<string, string[] | undefined> = {
      counter: [`${name}_total`],
      histogram: ['_bucket', '_sum', '_count'].map((end) => name + end),
    }
    for (const one of names[type ?? ''] ?? [name]) told.set(one, new Set())
  }
  for (const [, name = '', labels = ''] of body.matchAll(/^([a-z_0-9]+)(?:\{(.*)\})? \S+$/gm)) {
    for (const [, label = ''] of labels.matchAll(/(\w+)="/g)) told.get(name)?.add(label)
  }
})
afterAll(() => service.close())

/** The names of series that an expression asks for, as PromQL's own grammar reads it. @throws when it is none */
function seriesOf(expr: string): string[] {
  const names: string[] = []
  parser.parse(expr).iterate({
    enter: (node) => {
      if (node.type.isError) throw new Error(`no PromQL at ${node.from}: ${expr}`)
      if (node.name === 'VectorSelector') {
        const name = node.node.getChild('Identifier')
        if (name !== null) names.push(expr.slice(name.from, name.to))
      }
    },
  })
  return names
}

it('asks for nothing but what /metrics tells', () => {
  expect(queries.length).toBeGreaterThan(50)
  for (const { where, expr } of queries) {
    const names = seriesOf(expr)
    expect(names.length, where).toBeGreaterThan(0)
    // `up` is Prometheus's own.
    for (const name of names) expect(name === 'up' || told.has(name), `${where}: ${name}`).toBe(true)
  }
  expect(() => seriesOf('rate(x[5m)')).toThrow('no PromQL')
})

it('shows on the dashboard all that issue 8 names, on panels that do not lie upon each other', () => {
  const shown = new Set(
    dashboard.panels.flatMap(({ targets = [] }) =>
      targets.flatMap(({ expr }) => seriesOf(expr.replaceAll('$__rate_interval', '5m'))),
    ),
  )
  for (const name of [
    ...[
      'xinjian_feed_head_position',
      'xinjian_reader_lag_events',
      'xinjian_source_age_seconds',
      'xinjian_overdue_steps',
    ],
    ...['xinjian_sanction_orders_open', 'xinjian_http_request_duration_seconds_bucket', 'xinjian_audit_waiting'],
    ...['xinjian_http_requests_refused_total', 'xinjian_database_pool_waiting', 'nodejs_eventloop_lag_p99_seconds'],
  ]) {
    expect(shown.has(name), name).toBe(true)
  }
  const taken = new Set<string>()
  for (const { title, gridPos } of dashboard.panels) {
    for (let x = gridPos.x; x < gridPos.x + gridPos.w; x += 1) {
      for (let y = gridPos.y; y < gridPos.y + gridPos.h; y += 1) {
        expect(taken.has(`${x} ${y}`) || x >= 24, title).toBe(false)
        taken.add(`${x} ${y}`)
      }
    }
  }
})

it('is the same for Prometheus and for the Prometheus Operator', () => {
  const rule = documentsOf<{ kind: string; spec: Groups }>('deploy/kubernetes/monitoring.yaml').find(
    ({ kind }) => kind === 'PrometheusRule',
  )
  expect(rule?.spec.groups).toEqual(groups)
})

const runbook = 'docs/operating/runbook'
const pages = readdirSync(join(import.meta.dirname, '../..', runbook)).filter((name) => name !== 'README.md')

it('has a page for each alert, to which the alert leads', () => {
  expect(pages.sort()).toEqual(alerts.map(({ alert }) => `${alert}.md`).sort())
  for (const { alert, expr, labels, annotations } of alerts) {
    expect(annotations.runbook_url).toMatch(new RegExp(`/${runbook}/${alert}\\.md$`))
    expect(['warning', 'critical']).toContain(labels.severity)
    const page = textOf(`${runbook}/${alert}.md`)
    expect(page).toContain(`\`${expr}\``)
    for (const head of [
      'What it means for people',
      'How to see it',
      'First step',
      'Mending',
      'How to know that it is over',
    ]) {
      expect(page).toContain(`\n## ${head}\n\n`)
    }
  }
})

const operating = readdirSync(join(import.meta.dirname, '../../docs/operating'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.md'))
  .map((name) => join('docs/operating', name))

/** Commands as the source declares them: `command(program, 'name'` and `command(parent, 'name'`. */
const declared = ['src/cli.ts', ...readdirSync('src/commands').map((name) => `src/commands/${name}`)]
  .map(textOf)
  .join('')
const commands = new Set(
  [...declared.matchAll(/(?:command\(\s*\w+,|\.command\()\s*'([a-z-]+)/g)].map(([, name]) => name),
)
const groups_ = new Set([...declared.matchAll(/program\.command\('([a-z-]+)'/g)].map(([, name]) => name))
const options = new Set([...declared.matchAll(/ptions?\(\s*'(--[a-z-]+)/g)].map(([, name]) => name))

it('tells operators commands and pages that there are', () => {
  expect(commands.size).toBeGreaterThan(25)
  let found = 0
  for (const file of operating) {
    const text = textOf(file)
    for (const [, link = ''] of text.matchAll(/\]\((?!https?:)([^)#]+)/g)) {
      expect(existsSync(join(import.meta.dirname, '../..', file, '..', link)), `${file}: ${link}`).toBe(true)
    }
    for (const [whole, name = '', second = ''] of text.matchAll(
      /xinjian (?!listens)([a-z]+(?:-[a-z]+)*)(?: ([a-z-]+))?[^`\n]*/g,
    )) {
      if (!new RegExp(`[\`$ ]*(npx )?xinjian ${name}`).test(whole) || !/`|^ {0,4}\S/.test(whole)) continue
      const isCommand = text.includes(`\`xinjian ${name}`) || text.includes(`\nxinjian ${name}`)
      if (!isCommand) continue
      found += 1
      expect(commands.has(name), `${file}: ${whole}`).toBe(true)
      if (groups_.has(name) && second !== '') expect(commands.has(second), `${file}: ${whole}`).toBe(true)
      for (const [option] of whole.matchAll(/--[a-z-]+/g)) expect(options.has(option), `${file}: ${option}`).toBe(true)
    }
  }
  expect(found).toBeGreaterThan(30)
})

const promtool = (() => {
  try {
    execFileSync('promtool', ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    process.stdout.write('promtool is not here: the rules were read by the grammar alone\n')
    return false
  }
})()

it.skipIf(!promtool)('is accepted by promtool, and fires when it should', async () => {
  const tool = (...args: string[]) => promisify(execFile)('promtool', args, { cwd: 'deploy/prometheus' })
  expect((await tool('check', 'rules', 'alerts.yaml')).stdout).toContain('SUCCESS')
  expect((await tool('check', 'config', 'prometheus.yaml')).stdout).toContain('SUCCESS')
  expect((await tool('test', 'rules', 'alerts.test.yaml')).stdout).toContain('SUCCESS')
})
