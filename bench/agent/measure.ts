import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { createServer, type RequestListener, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** What one agent took. */
export interface Measured {
  readonly name: string
  readonly beats: number
  readonly cpuMsPerBeat: number
  readonly earlyKb: number
  readonly lateKb: number
  readonly peakKb: number
  readonly executableKb: number
}

interface Running {
  readonly name: string
  readonly child: ChildProcess
  readonly program: string
  readonly beats: () => number
}

/** Until then an agent has started, and measured itself warm. */
const WARM_UP_MS = 20_000

const dist = (file: string) => fileURLToPath(new URL(`../../agent/dist/${file}`, import.meta.url))
const NATIVE = dist(`stacksense-agent-linux-${process.arch}`)
const BUNDLE = dist('stacksense-agent.js')

/** Runs the agents side by side against hubs of our own, for this long after their warm-up. */
export async function measureAgents(durationMs: number): Promise<Measured[]> {
  const folder = mkdtempSync(join(tmpdir(), 'stacksense-bench-'))
  const hubs: Server[] = []
  const running: Running[] = []
  try {
    const certificate = selfSigned(folder)
    const start = async (name: string, command: readonly string[], secure: boolean, keep: boolean) => {
      const hub = secure
        ? createTlsServer(
            certificate,
            answering(() => beats++, keep),
          )
        : createServer(answering(() => beats++, keep))
      let beats = 0
      hub.keepAliveTimeout = 72_000
      hubs.push(hub)
      await new Promise<void>((resolve) => hub.listen(0, '127.0.0.1', resolve))
      const url = `${secure ? 'https' : 'http'}://127.0.0.1:${(hub.address() as AddressInfo).port}`
      const [program = '', ...args] = command
      const child = spawn(program, args, { env: environment(url, certificate.path), stdio: 'ignore' })
      running.push({ name, child, program: command.at(-1) as string, beats: () => beats })
    }
    await start('native, HTTP', [NATIVE], false, true)
    await start('native, HTTPS', [NATIVE], true, true)
    await start('native, HTTPS, a new connection each time', [NATIVE], true, false)
    await start('Node, HTTPS', [process.execPath, BUNDLE], true, true)

    await sleep(WARM_UP_MS)
    const early = running.map(reading)
    await sleep(durationMs)
    return running.map((each, index) => compare(each, early[index] as Reading))
  } finally {
    for (const { child } of running) child.kill('SIGKILL')
    for (const hub of hubs) {
      hub.close()
      hub.closeAllConnections()
    }
    rmSync(folder, { recursive: true })
  }
}

interface Reading {
  readonly cpuMs: number
  readonly beats: number
  readonly residentKb: number
  readonly peakKb: number
}

function reading({ child, beats }: Running): Reading {
  const status = readFileSync(`/proc/${child.pid}/status`, 'utf8')
  const kilobytes = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1])
  return {
    cpuMs: cpuMsOf(child.pid as number),
    beats: beats(),
    residentKb: kilobytes('VmRSS'),
    peakKb: kilobytes('VmHWM') + kilobytes('VmPTE'),
  }
}

/** In user and kernel mode, threads that have ended included: fields 14 and 15, in hundredths of a second. */
function cpuMsOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ')
  return (Number(fields[11]) + Number(fields[12])) * 10
}

function compare(agent: Running, early: Reading): Measured {
  const late = reading(agent)
  const beats = late.beats - early.beats
  return {
    name: agent.name,
    beats,
    cpuMsPerBeat: (late.cpuMs - early.cpuMs) / beats,
    earlyKb: early.residentKb,
    lateKb: late.residentKb,
    peakKb: late.peakKb,
    executableKb: Math.ceil(statSync(agent.program).size / 1_024),
  }
}

/** A hub that takes everything, and counts the heartbeats. */
function answering(onBeat: () => void, keepsConnections: boolean): RequestListener {
  const answer = JSON.stringify({ data: { recordHeartbeat: {}, recordMetrics: {}, recordMetricSamples: {} } })
  return (request, response) => {
    let body = ''
    request.setEncoding('utf8').on('data', (chunk) => {
      body += chunk
    })
    request.on('end', () => {
      if (body.includes('RecordHeartbeat')) onBeat()
      if (!keepsConnections) response.setHeader('connection', 'close')
      response.setHeader('content-type', 'application/json').end(answer)
    })
  }
}

function environment(url: string, certificatePath: string): Record<string, string> {
  return {
    STACKSENSE_SERVER_ID: '1',
    STACKSENSE_API_URL: url,
    STACKSENSE_TOKEN: 'ssa_bench',
    STACKSENSE_INTERVAL: '1',
    STACKSENSE_METRICS_INTERVAL: '1',
    NODE_EXTRA_CA_CERTS: certificatePath,
  }
}

function selfSigned(folder: string): { readonly key: Buffer; readonly cert: Buffer; readonly path: string } {
  const [key, path] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
  const kind = ['-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=hub']
  const options = [...kind, '-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', key, '-out', path]
  execFileSync('openssl', ['req', ...options], { stdio: 'ignore' })
  return { key: readFileSync(key), cert: readFileSync(path), path }
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
