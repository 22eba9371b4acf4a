/**
 * The path of a new user, as README has it, in a fresh clone: `npm run bench:new-user`. Needs git, npm and curl, and root
 * for the second server, on which the agent is installed in a copy of this machine that is thrown away.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ThrowawayMachine } from './new-user/throwaway.ts'
import { table, writeResults } from './results.ts'

const REPOSITORY = fileURLToPath(new URL('..', import.meta.url))
const LOOK_EVERY_MS = 50
const PATIENCE_MS = 300_000

interface Step {
  readonly command: string
  readonly seconds: number
}

// Where programs may run, and where the database's own user may enter.
const folder = mkdtempSync('/var/tmp/stacksense-new-user-')
chmodSync(folder, 0o755)
const clone = join(folder, 'stacksense')
const hubUrl = `http://127.0.0.1:${await freePort()}`
const running: ChildProcess[] = []
try {
  const own = [
    await timed('git clone …', () => shell(`git clone --quiet "${REPOSITORY}" stacksense`, folder)),
    await timed('npm ci', () => shell('npm ci', clone)),
    await timed('npm start', () => {
      const hub = start('exec npm start', clone)
      return Promise.race([online(() => true), failed(hub, 'npm start')])
    }),
  ]
  const second = await addSecond()
  const body = `
In a fresh clone, as README has it; npm's cache had the packages. ONLINE is when the API says so.

${table(['from clone to own server ONLINE', 's'], rowsOf(own))}

${second.length === 0 ? 'A second server was not tried: that needs root.' : table(['to a second server ONLINE', 's'], rowsOf(second))}

The second is a throwaway copy of this machine; the hub has no executable built, so the line installs the agent for Node.
`
  process.stdout.write(body)
  writeResults({ key: 'new-user', title: "A new user's path", command: 'npm run bench:new-user', body })
} finally {
  for (const child of running.reverse()) await end(child)
  rmSync(folder, { recursive: true, force: true })
}

async function addSecond(): Promise<Step[]> {
  const machine = new ThrowawayMachine(join(folder, 'second'))
  if (!machine.isPossible()) return []
  let line = ''
  const added = await timed('npx stacksense server add web-2', async () => {
    line = installLineIn(await shell('npx stacksense server add web-2', clone))
  })
  const installed = await timed('curl -fsSL HUB/install.sh \\| sh -s -- --token TOKEN', () => {
    const installing = machine.run(line)
    running.push(installing)
    return Promise.race([online((name) => name === 'web-2'), failed(installing, line)])
  })
  return [added, installed]
}

async function timed(command: string, work: () => Promise<unknown>): Promise<Step> {
  process.stderr.write(`${command}\n`)
  const startedAt = performance.now()
  await work()
  return { command: `\`${command}\``, seconds: (performance.now() - startedAt) / 1_000 }
}

function rowsOf(steps: readonly Step[]): (readonly string[])[] {
  const all = steps.reduce((sum, { seconds }) => sum + seconds, 0)
  const rows = steps.map(({ command, seconds }) => [command, seconds.toFixed(1)])
  return [...rows, [`**${steps.length} commands**`, `**${all.toFixed(1)}**`]]
}

/** As whoever has just logged in: nothing of our own environment but where programs and npm's settings are. */
function environment(): NodeJS.ProcessEnv {
  const kept = ['HOME', 'LANG', 'NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE'].map((name) => [name, process.env[name]])
  // npm puts our own programs first.
  const path = (process.env.PATH ?? '').split(':').filter((part) => !part.includes('node_modules'))
  return { ...Object.fromEntries(kept), PATH: path.join(':'), PORT: new URL(hubUrl).port }
}

function start(line: string, cwd: string): ChildProcess {
  const options = { cwd, env: environment(), detached: true } as const
  const child = spawn('/bin/sh', ['-c', line], { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
  running.push(child)
  return child
}

/** What a command prints. @throws where it fails */
async function shell(line: string, cwd: string): Promise<string> {
  const child = start(line, cwd)
  let printed = ''
  child.stdout?.on('data', (chunk) => (printed += chunk))
  await Promise.race([failed(child, line), once(child, 'close')])
  return printed
}

/** Settles only where the program ends otherwise than well: then it throws what it said. */
async function failed(child: ChildProcess, line: string): Promise<never> {
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (said += chunk))
  const [code] = await once(child, 'exit')
  if (code === 0) return new Promise(() => undefined)
  throw new Error(`"${line}" ended with ${code}:\n${said}`)
}

function installLineIn(printed: string): string {
  const line = /curl \S+ \S+\/install\.sh \| sh -s -- --token \S+/.exec(printed)?.[0]
  if (line === undefined) throw new Error(`There is no line to install an agent with in:\n${printed}`)
  return line
}

interface Answer {
  readonly data: { readonly fleet: { readonly servers: readonly { readonly name: string; readonly status: string }[] } }
}

/** Until the API says that such a server is ONLINE. */
async function online(isWanted: (name: string) => boolean): Promise<void> {
  const until = performance.now() + PATIENCE_MS
  while (performance.now() < until) {
    const servers = await readServers().catch(() => [])
    if (servers.some(({ name, status }) => status === 'ONLINE' && isWanted(name))) return
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS))
  }
  throw new Error('No such server came ONLINE.')
}

async function readServers(): Promise<Answer['data']['fleet']['servers']> {
  const token = readFileSync(join(clone, '.stacksense/admin-token'), 'utf8').trim()
  const response = await fetch(`${hubUrl}/graphql`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ query: '{ fleet { servers { name status } } }' }),
  })
  return ((await response.json()) as Answer).data.fleet.servers
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

/** A program and all that it started, the hub with its database and agent first of all. */
async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  process.kill(-(child.pid as number), 'SIGTERM')
  await exited
}
