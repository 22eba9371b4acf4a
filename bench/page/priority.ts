import { readdirSync, readFileSync } from 'node:fs'
import { getPriority, setPriority } from 'node:os'

const AGAIN_MS = 50

/**
 * Gives everything that this process has started, thread by thread, the priority that it has itself, again and again: a
 * browser gives its threads others, and on a busy machine would be measured by what others leave to it.
 */
export function keepPriority(): { stop(): void } {
  const own = getPriority()
  if (own >= 0) return { stop: () => undefined }
  const timer = setInterval(() => {
    for (const thread of threadsBelow(process.pid)) raise(thread, own)
  }, AGAIN_MS)
  return { stop: () => clearInterval(timer) }
}

function raise(thread: number, priority: number): void {
  try {
    if (getPriority(thread) !== priority) setPriority(thread, priority)
  } catch {
    // It has ended meanwhile.
  }
}

function* threadsBelow(pid: number): Generator<number> {
  for (const thread of list(`/proc/${pid}/task`)) {
    for (const child of childrenOf(pid, thread)) {
      yield* list(`/proc/${child}/task`)
      yield* threadsBelow(child)
    }
  }
}

function childrenOf(pid: number, thread: number): readonly number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').split(' ').filter(Boolean).map(Number)
  } catch {
    return []
  }
}

function list(folder: string): readonly number[] {
  try {
    return readdirSync(folder).map(Number)
  } catch {
    return []
  }
}
