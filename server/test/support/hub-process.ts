import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url))

/** The admin token of every hub process of the tests. */
export const ADMIN_TOKEN = 'an-admin-token-for-the-tests-0123456789'

export interface HubProcess {
  readonly url: string
  readonly signInLink: string
  readonly process: ChildProcess
  /** What it was started with beside the defaults. */
  readonly environment: Readonly<Record<string, string>>
  /** Ends it with this signal and resolves when it is gone. */
  readonly kill: Kill
  /** Everything that it printed. */
  output(): string
}

/** A folder that the user whom PostgreSQL runs as can enter; removed with the test. */
export function scratchFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'stacksense-test-'))
  chmodSync(folder, 0o711)
  onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }))
  return folder
}

/** Starts the built hub as a program of its own, which ends with the test; resolves when it says that it is ready. */
export function startHub(environment: Readonly<Record<string, string>>): Promise<HubProcess> {
  return spawnHub(environment, (kill) => onTestFinished(() => kill('SIGKILL')))
}

type Kill = (signal: NodeJS.Signals) => Promise<void>

/** The same, for whoever ends it. @param onSpawn is given the way to, before it is ready */
export async function spawnHub(
  environment: Readonly<Record<string, string>>,
  onSpawn: (kill: Kill) => void,
): Promise<HubProcess> {
  const child = spawn(process.execPath, [MAIN], {
    env: {
      PATH: process.env.PATH,
      PORT: '0',
      STACKSENSE_HOST: '127.0.0.1',
      STACKSENSE_LOCAL_AGENT: 'false',
      STACKSENSE_BOOTSTRAP_TOKEN: ADMIN_TOKEN,
      LOG_LEVEL: 'warn',
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  const exited = once(child, 'exit')
  child.stderr.on('data', (chunk) => {
    output += chunk
  })
  const kill = async (signal: NodeJS.Signals) => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal)
    await exited
  }
  onSpawn(kill)

  const lines = createInterface({ input: child.stdout })
  const ready = new Promise<{ url: string; signInLink: string }>((resolve, reject) => {
    let url = ''
    lines.on('line', (line) => {
      output += `${line}\n`
      url = / ready at (\S+)/.exec(line)?.[1] ?? url
      const signInLink = /(\S+#code=\S+)/.exec(line)?.[1]
      if (signInLink) resolve({ url, signInLink })
    })
    exited.then(([code]) => reject(new Error(`The hub ended with ${code}:\n${output}`)))
  })
  return { ...(await ready), process: child, environment, kill, output: () => output }
}

/** Asks the hub's API as admin, or with another token; throws with what the API answered where it refuses. */
export async function ask<T>(
  hub: { url: string },
  query: string,
  variables: object = {},
  token = ADMIN_TOKEN,
): Promise<T> {
  const response = await fetch(`${hub.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ query, variables }),
  })
  const { data, errors } = (await response.json()) as { data: T; errors?: unknown[] }
  if (errors) throw new Error(JSON.stringify(errors))
  return data
}
