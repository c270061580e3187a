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

/** A picture for a telephone is drawn anew: one that is only made small cannot be read. */
const sizes = {
  wide: { width: 900, labels: 300, top: 44 },
  narrow: { width: 340, labels: 134, top: 68 },
} as const
type Size = keyof typeof sizes

/** Of the text of an axis. */
const labelSize = 13
const labelHeight = 17
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

async function draw(size: Size, height: number, option: object): Promise<string> {
  const { width } = sizes[size]
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

export interface Look {
  language: Language
  theme: Theme
  size: Size
}

function frame({ theme, size }: Look) {
  const { ink, soft, line } = themes[theme]
  const axis = { axisLine: { lineStyle: { color: line } }, axisTick: { show: false } }
  return {
    legend: {
      ...{ top: 0, left: 0, orient: size === 'wide' ? ('horizontal' as const) : ('vertical' as const) },
      ...{ itemWidth: 14, itemHeight: 14, textStyle: { color: ink, fontSize: 14 } },
    },
    categories: {
      ...axis,
      type: 'category' as const,
      axisLabel: { color: ink, fontSize: labelSize, lineHeight: labelHeight },
    },
    values: {
      ...axis,
      type: 'value' as const,
      minInterval: 1,
      axisLabel: { color: soft, fontSize: labelSize },
      splitLine: { lineStyle: { color: line } },
    },
  }
}

/** Columns, one for each month. */
export async function drawMonths(rows: readonly CountRow[], look: Look): Promise<string> {
  const { legend, categories, values } = frame(look)
  return draw(look.size, 320, {
    legend,
    grid: { left: 8, right: 16, top: sizes[look.size].top, bottom: 8, ...aroundLabels },
    xAxis: { ...categories, data: rows.map(({ label }) => label) },
    yAxis: values,
    series: seriesOf(rows, look),
  })
}

/** Bars, one below the other, as many as there are but not more than fit a page. */
export async function drawBars(rows: readonly CountRow[], look: Look): Promise<string> {
  const { legend, categories, values } = frame(look)
  const shown = rows.slice(0, barsShown)
  const { labels: room, top } = sizes[look.size]
  const labels = shown.map(({ label, code }) => (label === code ? code : `${label} ${code}`))
  return draw(look.size, top + 40 + labels.length * rowHeight(labels, room), {
    legend,
    grid: { left: 8, right: 40, top, bottom: 8, ...aroundLabels },
    yAxis: {
      ...categories,
      inverse: true,
      data: labels,
      axisLabel: { ...categories.axisLabel, width: room, overflow: 'break' as const },
    },
    xAxis: values,
    series: seriesOf(shown, look),
  })
}

/** As high as the longest label needs, which is broken into lines; words are not broken, so that a line has room left. */
function rowHeight(labels: readonly string[], room: number): number {
  const lines = Math.max(1, ...labels.map((label) => Math.ceil(roomFor(label, `${labelSize}px`) / (room * 0.8))))
  return Math.max(38, lines * labelHeight + 8)
}

/** As many bars as a picture has; the table beside it has all. */
const barsShown = 12

/** Rates as bars from nothing to all; one that cannot be told has none. */
export async function drawRates(rows: readonly RateRow[], look: Look): Promise<string> {
  const { categories, values } = frame(look)
  const { ink, rate } = themes[look.theme]
  const { labels: room } = sizes[look.size]
  const labels = rows.map(({ label }) => label)
  return draw(look.size, 60 + rows.length * Math.max(56, rowHeight(labels, room)), {
    grid: { left: 8, right: 72, top: 12, bottom: 8, ...aroundLabels },
    yAxis: {
      ...categories,
      inverse: true,
      data: labels,
      axisLabel: { ...categories.axisLabel, width: room, overflow: 'break' as const },
    },
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
