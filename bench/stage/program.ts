import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

const START_TIMEOUT_MS = 60_000
const STOP_TIMEOUT_MS = 15_000

/** A program of the bench's own, in a process of its own. */
export interface Program {
  readonly pid: number
  /** What the line that said it was ready held. */
  readonly ready: RegExpExecArray
  /** Sends SIGTERM and waits; SIGKILL after 15 s. */
  stop(): Promise<void>
}

/** How to end each of those that have not ended. */
const RUNNING = new Set<() => Promise<void>>()
let isOver = false

/** Ends every program that still runs, and starts no more: whoever started them was told to give up. */
export async function stopPrograms(): Promise<void> {
  isOver = true
  await Promise.all([...RUNNING].map((stop) => stop()))
}

/** Starts Node with these parameters and waits until a line of its output matches. */
export async function startProgram(
  parameters: readonly string[],
  isReady: RegExp,
  env: Readonly<Record<string, string>> = {},
): Promise<Program> {
  if (isOver) throw new Error('No program is started any more.')
  const child = spawn(process.execPath, parameters, {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { PATH: process.env.PATH ?? '', ...env },
  })
  const exited = once(child, 'exit')
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGTERM')
    const impatience = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS)
    await exited
    clearTimeout(impatience)
  }
  RUNNING.add(stop)
  void exited.then(() => RUNNING.delete(stop))
  try {
    return { pid: child.pid as number, ready: await readiness(child, isReady), stop }
  } catch (error) {
    await stop()
    throw error
  }
}

function readiness(child: ChildProcess, isReady: RegExp): Promise<RegExpExecArray> {
  return new Promise((resolve, reject) => {
    const told: string[] = []
    const giveUp = (why: string) => reject(new Error(`${child.spawnargs.join(' ')} ${why}:\n${told.join('\n')}`))
    const impatience = setTimeout(giveUp, START_TIMEOUT_MS, 'was not ready in time')
    child.once('exit', () => giveUp('ended at once'))
    child.once('error', reject)
    createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', (line) => {
      told.push(line)
      const match = isReady.exec(line)
      if (!match) return
      clearTimeout(impatience)
      resolve(match)
    })
  })
}
