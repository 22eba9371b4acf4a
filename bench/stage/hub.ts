import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Database } from './cluster.ts'
import { cpuMsOf, residentMb } from './cpu-time.ts'
import { type Program, startProgram } from './program.ts'

const MAIN = fileURLToPath(new URL('../../server/dist/main.js', import.meta.url))

/** As `npm start` and the image start it: garbage that waits for its collection shall not be most of the memory. */
const MEMORY = ['--max-semi-space-size=8', '--heap-growing-percent=50']

/** Made for the bench's own hubs, which listen on this machine only. */
const ADMIN_TOKEN = 'the-token-of-a-hub-under-test-in-the-benchmarks'

/** The hub under test: the built program, as a user runs it, in a process of its own. */
export class Hub {
  readonly #program: Program
  readonly #dataDir: string
  readonly token = ADMIN_TOKEN
  readonly url: string

  private constructor(program: Program, dataDir: string) {
    this.#program = program
    this.#dataDir = dataDir
    this.url = `http://127.0.0.1:${program.ready[1]}`
  }

  /** `BENCH_PROFILE=folder` keeps a CPU profile of each hub there. */
  static async start(database: Database, env: Readonly<Record<string, string>> = {}): Promise<Hub> {
    const dataDir = mkdtempSync(join(tmpdir(), 'ss-bench-hub-'))
    const folder = process.env.BENCH_PROFILE
    const program = await startProgram(
      [...MEMORY, ...(folder ? ['--cpu-prof', `--cpu-prof-dir=${folder}`] : []), MAIN],
      /ready at http:\/\/[^:]+:(\d+)/,
      {
        PORT: '0',
        STACKSENSE_HOST: '127.0.0.1',
        STACKSENSE_DATA_DIR: dataDir,
        STACKSENSE_LOCAL_AGENT: 'false',
        STACKSENSE_BOOTSTRAP_TOKEN: ADMIN_TOKEN,
        LOG_LEVEL: 'warn',
        DATABASE_URL: database.url,
        ...env,
      },
    )
    return new Hub(program, dataDir)
  }

  get pid(): number {
    return this.#program.pid
  }

  cpuMs(): number {
    return cpuMsOf(this.pid)
  }

  residentMb(): number {
    return residentMb(this.pid)
  }

  async stop(): Promise<void> {
    await this.#program.stop()
    rmSync(this.#dataDir, { recursive: true, force: true })
  }
}
