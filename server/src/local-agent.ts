import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { type LocalServer, type RegistrationOptions, registerThisMachine } from './local-server.ts'

/** The agent's bundle, beside `server/` in the repository and in an installed copy alike. */
const AGENT = fileURLToPath(new URL('../../agent/dist/stacksense-agent.js', import.meta.url))

const FIRST_PAUSE_MS = 1_000
const LONGEST_PAUSE_MS = 60_000

/** The agent's lines begin with the time; ours do, too. */
const OWN_TIME = /^\d{4}-\d\d-\d\dT\S+ /

/** An agent that ran this long was well: the next pause is the shortest again. */
const WELL_AFTER_MS = 60_000

/** How long the agent has for its goodbye. */
const STOP_TIMEOUT_MS = 2_000

/**
 * Ends the agent when its own input closes, which is what happens when the hub dies, however it dies; and ends itself when
 * the agent does. (A shell gives a background job no input, hence descriptor 3.)
 */
const WATCHDOG = `
exec 3<&0
"$@" 3<&- &
agent=$!
{ read -r _ <&3; kill -TERM $agent; } 2>/dev/null &
watcher=$!
exec 3<&-
wait $agent
code=$?
kill $watcher 2>/dev/null
exit $code`

export interface LocalAgentOptions extends RegistrationOptions {
  /** Where the agent finds the hub. */
  readonly url: string
  /** For tests. */
  readonly program?: string
}

/**
 * Registers the machine that the hub runs on, once, and keeps its agent running, so that a new user sees a live server.
 *
 * None of it may cost the hub its start: what goes wrong is logged.
 */
export async function startLocalAgent(options: LocalAgentOptions): Promise<{ stop(): Promise<void> }> {
  const program = options.program ?? AGENT
  if (!existsSync(program)) {
    options.log.warn('The agent has not been built, so this machine does not report. Run: npm run build')
    return { stop: async () => undefined }
  }
  try {
    const server = await registerThisMachine(options)
    if (server === undefined) return { stop: async () => undefined }
    return new LocalAgent(program, options, server)
  } catch (error) {
    options.log.error({ err: error }, 'This machine could not be registered as a server.')
    return { stop: async () => undefined }
  }
}

/** Keeps the agent's process running until it is stopped. */
class LocalAgent {
  #process: ChildProcess | undefined
  #timer: NodeJS.Timeout | undefined
  #pauseMs = FIRST_PAUSE_MS
  #stopped = false

  constructor(
    readonly program: string,
    readonly options: LocalAgentOptions,
    readonly server: LocalServer,
  ) {
    this.#run()
  }

  async stop(): Promise<void> {
    this.#stopped = true
    clearTimeout(this.#timer)
    const running = this.#process
    if (running === undefined) return

    const ended = new Promise<void>((resolve) => running.once('close', () => resolve()))
    const impatient = setTimeout(() => killGroup(running), STOP_TIMEOUT_MS)
    running.stdin?.end()
    await ended
    clearTimeout(impatient)
  }

  #run(): void {
    const startedAt = performance.now()
    const child = spawn('/bin/sh', ['-c', WATCHDOG, 'sh', process.execPath, this.program], {
      // The token goes by environment, for every user of the machine can read a command line; nothing else goes with it.
      env: {
        STACKSENSE_SERVER_ID: String(this.server.serverId),
        STACKSENSE_API_URL: this.options.url,
        STACKSENSE_TOKEN: this.server.token,
      },
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: true, // Ctrl-C is the hub's; the agent ends with its input.
    })
    this.#process = child
    child.on('error', (error) => this.options.log.error({ err: error }, 'The local agent cannot be started.'))
    child.on('close', (code) => this.#ended(code, performance.now() - startedAt))
    // Where the system has no descriptors left, it has no streams either.
    child.stdin?.on('error', () => undefined)
    for (const output of [child.stdout, child.stderr]) if (output) this.#passOn(output)
  }

  #passOn(output: Readable): void {
    createInterface({ input: output }).on('line', (line) => {
      this.options.log.info({ agent: 'local' }, line.replace(OWN_TIME, ''))
    })
  }

  #ended(code: number | null, ranMs: number): void {
    this.#process = undefined
    if (this.#stopped) return

    if (ranMs >= WELL_AFTER_MS) this.#pauseMs = FIRST_PAUSE_MS
    this.options.log.warn({ code, againInMs: this.#pauseMs }, 'The local agent ended; it is started again.')
    this.#timer = setTimeout(() => this.#run(), this.#pauseMs)
    this.#pauseMs = Math.min(this.#pauseMs * 2, LONGEST_PAUSE_MS)
  }
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return
  try {
    process.kill(-child.pid, 'SIGKILL')
  } catch {
    // It ended at this moment.
  }
}
