import uPlot from 'uplot'
import type { Columns } from './metric-series.ts'

/** As the style sheet draws it: 12 px above the top of the scale, 4 below its zero. */
export const PLOT_HEIGHT = 92
export const PLOT_TOP = 12
const PLOT_BOTTOM = 4

/** Told apart by dash as well as by colour. */
export const DASHES: readonly (readonly number[])[] = [[], [5, 2], [2, 2], [7, 2, 1, 2]]
/** The cursors of all charts of a page move together. */
const CURSOR = 'metrics'

export interface PlotLook {
  readonly lines: readonly string[]
  readonly fill: string
  readonly grid: string
}

export interface PlotScale {
  /** Seconds since the epoch. */
  readonly from: number
  readonly to: number
  readonly max: number
}

/** A canvas with the lines, and nothing else: what is written on it is HTML, which can be read and zoomed. */
export function createPlot(
  root: HTMLElement,
  look: PlotLook,
  scale: () => PlotScale,
  pointed: (index: number | null) => void,
): uPlot {
  return new uPlot(
    {
      width: root.clientWidth,
      height: PLOT_HEIGHT,
      padding: [PLOT_TOP, 0, PLOT_BOTTOM, 0],
      legend: { show: false },
      cursor: { y: false, drag: { x: false, y: false }, sync: { key: CURSOR }, points: { size: 5 } },
      scales: {
        x: { time: true, range: () => [scale().from, scale().to] },
        y: { range: () => [0, scale().max] },
      },
      axes: [
        { show: false },
        {
          size: 0,
          ticks: { show: false },
          values: (_plot, splits) => splits.map(() => ''),
          splits: () => [0, scale().max / 2, scale().max],
          grid: { stroke: look.grid, width: 1 },
        },
      ],
      series: [
        {},
        ...look.lines.map((stroke, i) => ({
          stroke,
          width: 1.5,
          dash: [...(DASHES[i] ?? [])],
          points: { size: 4, filter: (plot: uPlot, line: number) => aloneIn(plot.data[line] ?? []) },
          ...(look.lines.length === 1 && { fill: look.fill }),
        })),
      ],
      hooks: { setCursor: [(plot) => pointed(plot.cursor.idx ?? null)] },
    },
    [[], ...look.lines.map(() => [])] as unknown as uPlot.AlignedData,
    root,
  )
}

/** A sample between two holes has no line to stand on: it is drawn as a point. */
function aloneIn(column: ArrayLike<number | null | undefined>): number[] {
  const figures = Array.from(column)
  return figures.flatMap((figure, i) => (figure != null && figures[i - 1] == null && figures[i + 1] == null ? [i] : []))
}

export function showData(plot: uPlot, columns: Columns): void {
  plot.setData(columns as uPlot.AlignedData)
}
