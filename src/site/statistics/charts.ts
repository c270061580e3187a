import type * as echartsCore from 'echarts/core'
import type { Language } from '../../platform/language.ts'
import type { List } from '../../listings/vocabulary.ts'
import { list as names } from '../texts.ts'
import { percent, type CountRow, type RateRow } from './series.ts'

/** Colours of a picture that is shown on the surface of the page in the light and in the dark (contrast at least 3). */
export const themes = {
  light: { ink: '#1a2230', soft: '#535e6e', line: '#d5dae2', abnormal: '#b4690e', serious: '#a01c22', rate: '#17457e' },
  dark: { ink: '#e6eaf0', soft: '#a5afbd', line: '#343d4a', abnormal: '#f3b760', serious: '#ff9c98', rate: '#8fbcf3' },
} as const
export type Theme = keyof typeof themes

const width = 900
const fontFamily = "system-ui, 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', sans-serif"

/**
 * Apache ECharts with nothing but what the pictures need, when the first picture is asked for: a process that draws none
 * neither starts slower nor is larger for it.
 */
let loading: Promise<typeof echartsCore> | null = null
function echarts() {
  loading ??= (async () => {
    const [core, { BarChart }, { GridComponent, LegendComponent }, { SVGRenderer }] = await Promise.all([
      import('echarts/core'),
      import('echarts/charts'),
      import('echarts/components'),
      import('echarts/renderers'),
    ])
    core.setPlatformAPI({ measureText: (text, font = '') => ({ width: roomFor(text, font) }) })
    core.use([BarChart, GridComponent, LegendComponent, SVGRenderer])
    return core
  })()
  return loading
}

/** There is no font to measure here: room for a text in any, a Chinese character being as wide as high. */
function roomFor(text: string, font: string): number {
  const size = Number(font.split('px')[0]?.split(' ').at(-1)) || 12
  return Array.from(text).reduce((width, character) => width + (character > '\u2e7f' ? size : size * 0.62), 0)
}

async function draw(height: number, option: object): Promise<string> {
  const chart = (await echarts()).init(null, null, { renderer: 'svg', ssr: true, width, height })
  try {
    chart.setOption({ animation: false, textStyle: { fontFamily }, ...option })
    return chart.renderToSVGString()
  } finally {
    chart.dispose()
  }
}

/** The edges of a picture leave room for the labels of its axes. */
const aroundLabels = { outerBoundsMode: 'same', outerBoundsContain: 'axisLabel' } as const

const lists: readonly List[] = ['abnormal', 'serious-violator']

function seriesOf(rows: readonly CountRow[], { language, theme }: Look) {
  const colours = themes[theme]
  return lists.map((list) => ({
    name: names[list][language],
    type: 'bar' as const,
    stack: 'all',
    barMaxWidth: 26,
    itemStyle: { color: list === 'abnormal' ? colours.abnormal : colours.serious },
    data: rows.map((row) => row[list]),
  }))
}

interface Look {
  language: Language
  theme: Theme
}

function frame({ theme }: Look) {
  const { ink, soft, line } = themes[theme]
  const axis = { axisLine: { lineStyle: { color: line } }, axisTick: { show: false } }
  return {
    legend: { top: 0, left: 0, itemWidth: 14, itemHeight: 14, textStyle: { color: ink, fontSize: 14 } },
    categories: { ...axis, type: 'category' as const, axisLabel: { color: ink, fontSize: 13 } },
    values: {
      ...axis,
      type: 'value' as const,
      minInterval: 1,
      axisLabel: { color: soft, fontSize: 13 },
      splitLine: { lineStyle: { color: line } },
    },
  }
}

/** Columns, one for each month. */
export async function drawMonths(rows: readonly CountRow[], look: Look): Promise<string> {
  const { legend, categories, values } = frame(look)
  return draw(320, {
    legend,
    grid: { left: 8, right: 16, top: 44, bottom: 8, ...aroundLabels },
    xAxis: { ...categories, data: rows.map(({ label }) => label) },
    yAxis: values,
    series: seriesOf(rows, look),
  })
}

/** Bars, one below the other, as many as there are but not more than fit a page. */
export async function drawBars(rows: readonly CountRow[], look: Look): Promise<string> {
  const { legend, categories, values } = frame(look)
  const shown = rows.slice(0, barsShown)
  return draw(84 + shown.length * 38, {
    legend,
    grid: { left: 8, right: 40, top: 44, bottom: 8, ...aroundLabels },
    yAxis: {
      ...categories,
      inverse: true,
      data: shown.map(({ label, code }) => (label === code ? code : `${label} ${code}`)),
      axisLabel: { ...categories.axisLabel, width: 300, overflow: 'break' as const },
    },
    xAxis: values,
    series: seriesOf(shown, look),
  })
}

/** As many bars as a picture has; the table beside it has all. */
const barsShown = 12

/** Rates as bars from nothing to all; one that cannot be told has none. */
export async function drawRates(rows: readonly RateRow[], look: Look): Promise<string> {
  const { categories, values } = frame(look)
  const { ink, rate } = themes[look.theme]
  return draw(60 + rows.length * 56, {
    grid: { left: 8, right: 72, top: 12, bottom: 8, ...aroundLabels },
    yAxis: { ...categories, inverse: true, data: rows.map(({ label }) => label) },
    xAxis: {
      ...values,
      max: 1,
      axisLabel: { ...values.axisLabel, formatter: (value: number) => `${Math.round(value * 100)}%` },
    },
    series: [
      {
        type: 'bar',
        barMaxWidth: 26,
        itemStyle: { color: rate },
        data: rows.map((row) => row.rate),
        label: {
          show: true,
          position: 'right',
          color: ink,
          fontSize: 14,
          formatter: ({ value }: { value: unknown }) => (typeof value === 'number' ? percent(value) : ''),
        },
      },
    ],
  })
}
