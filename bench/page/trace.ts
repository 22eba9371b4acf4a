/** A line of a browser's trace; times in microseconds. */
export interface TraceEvent {
  readonly name: string
  readonly ph: string
  readonly ts: number
  readonly dur?: number
  /** Of `dur`, how long the thread really had a processor. */
  readonly tdur?: number
  readonly pid: number
  readonly tid: number
  readonly args?: { readonly name?: string; readonly src_func?: string }
}

const TASK = 'ThreadControllerImpl::RunTask'
/** The task in which the page's main thread makes a frame. */
const FRAME = 'ScheduledActionSendBeginMainFrame'

/** Names of threads, and tasks: of a trace of half a minute a small part. */
export function isOfInterest({ name, ph }: TraceEvent): boolean {
  return ph === 'M' || (ph === 'X' && name === TASK)
}

/** So often a screen shows something new, in ms. */
export const REFRESH_MS = 1_000 / 60

/**
 * How long the page's main thread worked for each frame, in ms: making it, and what it did since the frame before; of
 * that only what ended within `withinMs` before the frame. Work is processor time: while another program has the
 * processor, a task lasts but does not work.
 */
export function workPerFrame(events: readonly TraceEvent[], withinMs = Infinity): readonly number[] {
  const frames: number[] = []
  let since: TraceEvent[] = []
  for (const task of mainThreadTasks(events)) {
    since.push(task)
    if (task.args?.src_func !== FRAME) continue
    const near = since.filter(({ ts, dur = 0 }) => ts + dur > task.ts - withinMs * 1_000)
    frames.push(near.reduce((sum, one) => sum + workOf(one), 0) / 1_000)
    since = []
  }
  return frames
}

/** Of several renderers the page is the one that works most. */
function mainThreadTasks(events: readonly TraceEvent[]): readonly TraceEvent[] {
  const mains = events.filter(
    ({ ph, name, args }) => ph === 'M' && name === 'thread_name' && args?.name === 'CrRendererMain',
  )
  const tasksOf = ({ pid, tid }: TraceEvent) =>
    events.filter((event) => event.name === TASK && event.ph === 'X' && event.pid === pid && event.tid === tid)
  const work = (tasks: readonly TraceEvent[]) => tasks.reduce((sum, task) => sum + workOf(task), 0)
  const [busiest = []] = mains.map(tasksOf).sort((a, b) => work(b) - work(a))
  return [...busiest].sort((a, b) => a.ts - b.ts)
}

/** The longest task by its work, in ms. */
export function longestTask(events: readonly TraceEvent[]): number {
  return Math.max(0, ...mainThreadTasks(events).map(workOf)) / 1_000
}

function workOf({ dur = 0, tdur = dur }: TraceEvent): number {
  return tdur
}
