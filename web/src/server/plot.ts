import uPlot from 'uplot'
import { followFingers } from './chart-fingers.ts'
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
  readonly grid: string
}

export interface PlotScale {
  /** Seconds since the epoch. */
  readonly from: number
  readonly to: number
  readonly max: number
}

export interface PlotEvents {
  /** The cursor points at the sample with this index, or leaves. */
  pointed(index: number | null): void
  /** A finger points at it: no cursor follows by itself. */
  touched(index: number): void
  /** Somebody drew over this stretch, in seconds since the epoch. */
  drawn(from: number, to: number): void
}

/** Narrower than this was a click, in pixels. */
const LEAST_DRAWN = 6
/** How much of a line's colour its band has. */
const BAND = 0.16

/** A canvas with the lines, and nothing else: what is written on it is HTML, which can be read and zoomed. */
export function createPlot(
  root: HTMLElement,
  look: PlotLook,
  scale: () => PlotScale,
  { pointed, touched, drawn }: PlotEvents,
): uPlot {
  const count = look.lines.length
  /** The lines come first, then their highs, then their lows: uPlot's series are counted from 1. */
  const band = (line: number) => [1 + count + line, 1 + 2 * count + line] as [number, number]
  const plot = new uPlot(
    {
      width: root.clientWidth,
      height: PLOT_HEIGHT,
      padding: [PLOT_TOP, 0, PLOT_BOTTOM, 0],
      legend: { show: false },
      cursor: { y: false, drag: { x: true, y: false, setScale: false }, sync: { key: CURSOR }, points: { size: 5 } },
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
        })),
        ...[...look.lines, ...look.lines].map(() => ({ stroke: 'transparent', width: 0, points: { show: false } })),
      ],
      bands: look.lines.map((stroke, line) => ({ series: band(line), fill: translucent(stroke) })),
      hooks: {
        setCursor: [(plot) => pointed(plot.cursor.idx ?? null)],
        setSelect: [(plot) => select(plot, drawn)],
      },
    },
    [[], ...[...look.lines, ...look.lines, ...look.lines].map(() => [])] as unknown as uPlot.AlignedData,
    root,
  )
  followFingers(plot.over, {
    moved: (from, to) => {
      touched(plot.posToIdx(to))
      const [left, right] = inside(plot, from, to)
      plot.setSelect({ left, width: right - left, top: 0, height: plot.over.clientHeight }, false)
    },
    drawn: (from, to) => zoom(plot, inside(plot, from, to), drawn),
    ended: () => unselect(plot),
  })
  return plot
}

/** From left to right, as far as the plot reaches. */
function inside(plot: uPlot, from: number, to: number): readonly [number, number] {
  const bounded = (x: number) => Math.min(plot.over.clientWidth, Math.max(0, x))
  return [bounded(Math.min(from, to)), bounded(Math.max(from, to))]
}

function select(plot: uPlot, drawn: PlotEvents['drawn']): void {
  const { left, width } = plot.select
  zoom(plot, [left, left + width], drawn)
  if (width > 0) unselect(plot)
}

function zoom(plot: uPlot, [left, right]: readonly [number, number], drawn: PlotEvents['drawn']): void {
  if (right - left >= LEAST_DRAWN) drawn(plot.posToVal(left, 'x'), plot.posToVal(right, 'x'))
}

function unselect(plot: uPlot): void {
  plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false)
}

/** Puts the cursor at this part of the width, or takes it away. uPlot's own scale is not there yet after new data. */
export function pointAt(plot: uPlot, part: number | null): void {
  plot.setCursor({ left: part === null ? -10 : part * plot.over.clientWidth, top: 0 })
}

function translucent(color: string): string {
  const [red, green, blue] = color.match(/[\d.]+/g) ?? []
  return `rgba(${red}, ${green}, ${blue}, ${BAND})`
}

/** A sample between two holes has no line to stand on: it is drawn as a point. */
function aloneIn(column: ArrayLike<number | null | undefined>): number[] {
  const figures = Array.from(column)
  return figures.flatMap((figure, i) => (figure != null && figures[i - 1] == null && figures[i + 1] == null ? [i] : []))
}

/** The lines, and between their highs and lows a band: so a peak is seen that the mean hides. */
export function showData(plot: uPlot, columns: Columns, [, ...highs]: Columns, [, ...lows]: Columns): void {
  plot.setData([...columns, ...highs, ...lows] as uPlot.AlignedData)
}
