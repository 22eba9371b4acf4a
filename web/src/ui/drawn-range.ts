/** Rows of a list, from one up to, but not with, another. */
export interface Range {
  readonly from: number
  readonly to: number
}

/** So many rows beyond the view are drawn on either side, for the next turn of the wheel. */
export const AHEAD = 18
/**
 * So many of them are made, and so many that are left behind taken away, in one frame at either end; twice as many where
 * less than half of them are there.
 */
const ROWS_A_FRAME = 3

/** What is drawn when the reader has come to `view`: at once all that is in view, and of the rest what was there before. */
export function covering(view: Range, drawn: Range): Range {
  if (drawn.to <= view.from || view.to <= drawn.from) return view
  const from = Math.max(Math.min(drawn.from, view.from), view.from - 2 * AHEAD)
  const to = Math.min(Math.max(drawn.to, view.to), view.to + 2 * AHEAD)
  return from === drawn.from && to === drawn.to ? drawn : { from, to }
}

/**
 * What is drawn a frame later, until as much lies ahead of the view as shall. A few rows a frame: all at once they would
 * hold up the frame that the reader waits for, and they are not needed before the next turn of the wheel.
 */
export function frameLater(view: Range, drawn: Range, count: number): Range {
  const goal = { from: Math.max(0, view.from - AHEAD), to: Math.min(count, view.to + AHEAD) }
  return { from: towards(goal.from, drawn.from), to: towards(goal.to, drawn.to) }
}

function towards(goal: number, now: number): number {
  const most = Math.abs(goal - now) > AHEAD / 2 ? 2 * ROWS_A_FRAME : ROWS_A_FRAME
  return now + Math.max(-most, Math.min(goal - now, most))
}
