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

/** Starts Node with these parameters and waits until a line of its output matches. */
export async function startProgram(
  parameters: readonly string[],
  isReady: RegExp,
  env: Readonly<Record<string, string>> = {},
): Promise<Program> {
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
