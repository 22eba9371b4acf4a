import { createServer } from 'node:net'
import { ask, type HubProcess, spawnHub } from '../../server/test/support/hub-process.ts'

/** A hub at an address that it keeps, however often it is killed. */
export class FaultHub {
  #process: HubProcess | undefined
  #kill: HubProcess['kill'] | undefined

  private constructor(
    readonly name: string,
    readonly port: number,
    readonly environment: Readonly<Record<string, string>>,
  ) {}

  static async create(name: string, environment: Readonly<Record<string, string>>): Promise<FaultHub> {
    return new FaultHub(name, await freePort(), environment)
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`
  }

  async start(): Promise<void> {
    const environment = { ...this.environment, PORT: String(this.port), STACKSENSE_HUB_NAME: this.name }
    this.#process = await spawnHub(environment, (kill) => {
      this.#kill = kill
    })
  }

  /** Sends a signal that it lives on with. */
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.#process?.process.kill(signal)
  }

  /** Ends it and resolves when it is gone. */
  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    await this.#kill?.(signal)
    this.#process = undefined
  }

  output(): string {
    return this.#process?.output() ?? ''
  }

  /** The name of the hub that leads, as this one sees it. */
  async leader(): Promise<string | undefined> {
    const { hubs } = await ask<{ hubs: { name: string; leads: boolean }[] }>(this, '{ hubs { name leads } }')
    return hubs.find((hub) => hub.leads)?.name
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().on('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      server.close(() => resolve(port))
    })
  })
}
