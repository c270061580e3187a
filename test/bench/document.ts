/** Puts a run of the bench `all` into docs/performance.md, between its marks, and draws its plots beside it. */
import { readFileSync, writeFileSync } from 'node:fs'
import * as echarts from 'echarts'
import { format } from 'prettier'
import type { Run } from './all.ts'
import { quantile } from './names/report.ts'
import { cellsOf, isMet, type GrowthPoint, type Result } from './results.ts'

const file = 'docs/performance.md'
const [begin, end] = ['<!-- made by `npm run bench -- all`: from here -->', '<!-- to here -->']
const colours = { met: '#17457e', missed: '#a01c22', line: '#d5dae2', goal: '#535e6e' }

/**
 * Writes the table and the plots of a run.
 * @throws Error when docs/performance.md has lost its marks
 */
export async function writePerformance(run: Run): Promise<void> {
  const benches = Object.values(run.benches)
  const results = benches.flatMap(({ results }): Result[] => results)
  const growth = benches.flatMap(({ growth }): GrowthPoint[] => growth ?? [])
  writeFileSync('docs/performance/goals.svg', drawGoals(results))
  if (growth.length > 0) writeFileSync('docs/performance/growth.svg', drawGrowth(growth))
  const text = readFileSync(file, 'utf8')
  const [from, to] = [text.indexOf(begin), text.indexOf(end)]
  if (from === -1 || to === -1) throw new Error(`${file} has lost its marks`)
  const made = `${begin}\n\n${tableOf(run, results)}\n\n`
  writeFileSync(
    file,
    await format(text.slice(0, from) + made + text.slice(to), { parser: 'markdown', printWidth: 120 }),
  )
}

function tableOf(run: Run, results: readonly Result[]): string {
  const { cpu, cores, memoryGb, node, postgresql, load } = run.machine
  const profiles = Object.values(run.benches).flatMap(({ profiles = [] }) => profiles)
  const minutes = Math.round(Object.values(run.benches).reduce((sum, { seconds }) => sum + seconds, 0) / 60)
  const failed = Object.entries(run.benches).flatMap(([name, { error }]) => (error === undefined ? [] : [name]))
  const head = ['row', 'what', 'measured', 'beside, in the same rounds', 'figure', 'goal', 'met']
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return [
    `**${run.n.toLocaleString('en')} businesses**, ${run.startedAt.slice(0, 16).replace('T', ' ')} UTC, ${String(minutes)} minutes; ` +
      `${cpu}, ${String(cores)} cores, ${String(memoryGb)} GB; PostgreSQL ${postgresql}, Node ${node}; load ${String(load)} at the start.` +
      (failed.length > 0 ? ` Failed: ${failed.join(', ')}.` : ''),
    'A figure without a unit is the ratio to what stands beside it, as the median of the rounds, with the least and the most.',
    [line(head), line(head.map(() => '---')), ...results.map((result) => line(cellsOf(result)))].join('\n'),
    '![How far each figure is from its goal](performance/goals.svg)',
    '![What grows with the number of businesses](performance/growth.svg)',
    ...profiles.map(({ what, lines }) =>
      [
        line([`own time, ${what}`, 'share']),
        line(['---', '---']),
        ...lines.map(({ where, share }) => line([`\`${where}\``, `${(share * 100).toFixed(1)}%`])),
      ].join('\n'),
    ),
  ].join('\n\n')
}

/** How much better than its goal each figure is: 1 is the goal itself, to the right is better. */
function drawGoals(results: readonly Result[]): string {
  const held = results.filter(({ goal }) => goal !== null)
  const factorOf = ({ figures, goal }: Result) => {
    const median = quantile(figures, 0.5)
    return goal !== null && 'least' in goal ? median / goal.least : (goal?.most ?? NaN) / median
  }
  const marks = held.map((result) => ({
    value: Number(factorOf(result).toFixed(3)),
    itemStyle: { color: isMet(result) === true ? colours.met : colours.missed },
  }))
  return draw(80 + held.length * 26, {
    grid: { left: 380, right: 40, top: 40, bottom: 36 },
    title: { text: 'Times better than the goal (1 = the goal)', textStyle: { fontSize: 14 } },
    xAxis: { type: 'log', splitLine: { lineStyle: { color: colours.line } } },
    yAxis: {
      type: 'category',
      inverse: true,
      data: held.map(({ row, what }) => `${row}: ${what}`.slice(0, 56)),
      axisTick: { show: false },
      splitLine: { show: true, lineStyle: { color: colours.line } },
    },
    series: [
      {
        type: 'scatter',
        symbolSize: 12,
        data: marks,
        label: { show: true, position: 'right', formatter: ({ value }: { value: number }) => value.toPrecision(2) },
        markLine: {
          symbol: 'none',
          silent: true,
          label: { show: false },
          lineStyle: { color: colours.goal },
          data: [{ xAxis: 1 }],
        },
      },
    ],
  })
}

/** The median of each question by the number of businesses, both on logarithmic scales. */
function drawGrowth(growth: readonly GrowthPoint[]): string {
  const kinds = [...new Set(growth.map(({ what }) => what))]
  return draw(460, {
    legend: { top: 0, left: 0, width: 860 },
    grid: { left: 64, right: 24, top: 72, bottom: 44 },
    xAxis: { type: 'log', name: 'businesses', nameLocation: 'middle', nameGap: 28, min: 'dataMin', max: 'dataMax' },
    yAxis: { type: 'log', name: 'ms', splitLine: { lineStyle: { color: colours.line } } },
    series: kinds.map((what) => ({
      name: what,
      type: 'line',
      symbolSize: 8,
      data: growth.filter((point) => point.what === what).map(({ n, ms }) => [n, Number(ms.toPrecision(3))]),
    })),
  })
}

function draw(height: number, option: echarts.EChartsCoreOption): string {
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, width: 900, height })
  try {
    chart.setOption({ animation: false, backgroundColor: '#ffffff', ...option })
    return chart.renderToSVGString()
  } finally {
    chart.dispose()
  }
}
