import { colorOf } from '../ui/colors.ts'
import type { StatusKind } from '../ui/status.ts'
import { placeOf, type WallLayout } from './wall-layout.ts'

/** What a cell shows: the worst of the servers that it stands for, pale where somebody has taken that on. */
export interface WallCell {
  readonly kind: StatusKind
  readonly acknowledged: boolean
}

export type WallColors = Readonly<Record<keyof typeof TOKENS, string>>

const TOKENS = {
  quiet: '--quiet',
  warning: '--warning-mark',
  offline: '--offline-mark',
  onOffline: '--offline-on-mark',
  paleOffline: '--offline-bg',
  onPaleOffline: '--offline-text',
  paleWarning: '--warning-bg',
  waiting: '--waiting-mark',
  suspended: '--suspended-mark',
  suspendedEdge: '--quiet-2',
  focus: '--accent',
  ground: '--bg',
} as const

/** Below this size a cell is its shape alone. */
const GLYPH_FROM = 10

export function wallColors(element: HTMLElement): WallColors {
  return Object.fromEntries(
    Object.entries(TOKENS).map(([name, token]) => [name, colorOf(token, element)]),
  ) as unknown as WallColors
}

/** Paints one cell over what was there. Its shape says the status; colour only makes it quicker to find. */
export function paintCell(
  canvas: CanvasRenderingContext2D,
  index: number,
  { kind, acknowledged }: WallCell,
  layout: WallLayout,
  colors: WallColors,
): void {
  const { x, y } = placeOf(index, layout)
  const { cell } = layout
  canvas.clearRect(x - 1, y - 1, cell + 2, cell + 2)
  switch (kind) {
    case 'online':
      box(canvas, x, y, cell, colors.quiet)
      return
    case 'offline':
      box(canvas, x, y, cell, acknowledged ? colors.paleOffline : colors.offline)
      if (acknowledged) edge(canvas, x, y, cell, colors.offline)
      if (cell >= GLYPH_FROM) cross(canvas, x, y, cell, acknowledged ? colors.onPaleOffline : colors.onOffline)
      return
    case 'warning':
      triangle(canvas, x, y, cell, acknowledged ? colors.paleWarning : colors.warning, colors.warning)
      return
    case 'waiting':
      brokenRing(canvas, x, y, cell, colors.waiting)
      return
    case 'suspended':
      edge(canvas, x, y, cell, colors.suspendedEdge)
      if (cell >= GLYPH_FROM) bars(canvas, x, y, cell, colors.suspended)
  }
}

function box(canvas: CanvasRenderingContext2D, x: number, y: number, size: number, color: string): void {
  canvas.fillStyle = color
  if (size < 8) {
    canvas.fillRect(x, y, size, size)
    return
  }
  canvas.beginPath()
  canvas.roundRect(x, y, size, size, 3)
  canvas.fill()
}

function edge(canvas: CanvasRenderingContext2D, x: number, y: number, size: number, color: string): void {
  canvas.strokeStyle = color
  canvas.lineWidth = 1
  canvas.setLineDash([])
  canvas.beginPath()
  canvas.roundRect(x + 0.5, y + 0.5, size - 1, size - 1, size < 8 ? 0 : 2.5)
  canvas.stroke()
}

function cross(canvas: CanvasRenderingContext2D, x: number, y: number, size: number, color: string): void {
  const from = size * 0.33
  const to = size - from
  canvas.strokeStyle = color
  canvas.lineWidth = Math.max(1.5, size / 10)
  canvas.setLineDash([])
  canvas.beginPath()
  canvas.moveTo(x + from, y + from)
  canvas.lineTo(x + to, y + to)
  canvas.moveTo(x + to, y + from)
  canvas.lineTo(x + from, y + to)
  canvas.stroke()
}

function triangle(
  canvas: CanvasRenderingContext2D,
  x: number,
  y: number,
  size: number,
  color: string,
  line: string,
): void {
  canvas.beginPath()
  canvas.moveTo(x + size / 2, y + 0.5)
  canvas.lineTo(x + size - 0.5, y + size - 0.5)
  canvas.lineTo(x + 0.5, y + size - 0.5)
  canvas.closePath()
  canvas.fillStyle = color
  canvas.fill()
  if (color === line) return
  canvas.strokeStyle = line
  canvas.lineWidth = 1
  canvas.setLineDash([])
  canvas.stroke()
}

function brokenRing(canvas: CanvasRenderingContext2D, x: number, y: number, size: number, color: string): void {
  const radius = size / 2 - 1
  canvas.strokeStyle = color
  canvas.lineWidth = 1.2
  canvas.setLineDash([(radius * Math.PI) / 6, (radius * Math.PI) / 9])
  canvas.beginPath()
  canvas.arc(x + size / 2, y + size / 2, radius, 0, 2 * Math.PI)
  canvas.stroke()
}

function bars(canvas: CanvasRenderingContext2D, x: number, y: number, size: number, color: string): void {
  canvas.strokeStyle = color
  canvas.lineWidth = 1.5
  canvas.setLineDash([])
  canvas.beginPath()
  for (const at of [0.38, 0.62]) {
    canvas.moveTo(x + size * at, y + size * 0.3)
    canvas.lineTo(x + size * at, y + size * 0.7)
  }
  canvas.stroke()
}
