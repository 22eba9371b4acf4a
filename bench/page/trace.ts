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
  readonly args?: { readonly name?: string }
}

/** A screen of 60 Hz. */
const FRAME_US = 16_667
const TASK = 'ThreadControllerImpl::RunTask'

/** Names of threads, and tasks: of a trace of half a minute a small part. */
export function isOfInterest({ name, ph }: TraceEvent): boolean {
  return ph === 'M' || (ph === 'X' && name === TASK)
}

/**
 * How long the page's main thread worked in each sixtieth of a second of the trace, in ms; idle ones too. Work is processor
 * time: while another program has the processor, a task lasts but does not work.
 */
export function busyPerFrame(events: readonly TraceEvent[]): readonly number[] {
  const tasks = mainThreadTasks(events)
  const [first] = tasks
  const last = tasks.at(-1)
  if (!first || !last) return []
  const frames = new Array<number>(Math.floor((last.ts + (last.dur ?? 0) - first.ts) / FRAME_US) + 1).fill(0)
  for (const task of tasks) spread(frames, task.ts - first.ts, task.dur ?? 0, workOf(task))
  return frames.map((us) => us / 1_000)
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

/** A task's work belongs to the frames in which it ran. */
function spread(frames: number[], from: number, length: number, work: number): void {
  for (let at = from; at < from + length; ) {
    const frame = Math.floor(at / FRAME_US)
    const until = Math.min((frame + 1) * FRAME_US, from + length)
    frames[frame] = (frames[frame] ?? 0) + ((until - at) / length) * work
    at = until
  }
}
