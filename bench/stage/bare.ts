import { fileURLToPath } from 'node:url'
import { cpuMsOf } from './cpu-time.ts'
import { startProgram } from './program.ts'

const PROGRAM = fileURLToPath(new URL('bare-http.ts', import.meta.url))

/** Headers that Node writes by itself, or that we set for each answer. */
const NOT_COPIED = new Set(['date', 'connection', 'keep-alive', 'content-length', 'transfer-encoding'])

export interface Bare {
  readonly url: string
  cpuMs(): number
  stop(): Promise<void>
}

/** Starts plain node:http that answers with the same headers as the hub's heartbeat at this address. */
export async function startBare(likeUrl: string, token: string): Promise<Bare> {
  const response = await fetch(likeUrl, { method: 'POST', headers: { authorization: `Bearer ${token}` }, body: '{}' })
  if (!response.ok) throw new Error(`The hub answered ${response.status}: ${await response.text()}`)
  await response.arrayBuffer()
  const headers = Object.fromEntries([...response.headers].filter(([name]) => !NOT_COPIED.has(name)))
  const program = await startProgram([PROGRAM, JSON.stringify(headers)], /ready at (\d+)/)
  return {
    url: `http://127.0.0.1:${program.ready[1]}`,
    cpuMs: () => cpuMsOf(program.pid),
    stop: () => program.stop(),
  }
}
