import type { Host } from './host.ts'
import { type Hub, parseHubUrl } from './hub-url.ts'

export type Protocol = 'graphql' | 'rest'

export interface Config {
  readonly serverId: number
  /** At least one; each with the token to show there, if any. */
  readonly hubs: readonly Hub[]
  readonly intervalMs: number
  /** 0: no metrics. */
  readonly metricsIntervalMs: number
  /** How many of the busiest and of the largest processes go with the metrics; 0: none. */
  readonly topProcesses: number
  readonly protocol: Protocol
  /** Where metrics wait for a hub that is away; undefined: in memory. */
  readonly bufferPath: string | undefined
}

export type ConfigResult =
  | { readonly kind: 'config'; readonly config: Config; readonly notices: readonly string[] }
  | { readonly kind: 'bad'; readonly problem: string }

const DEFAULT_FILE = '.stacksense_heartbeat.conf'
const INTERVAL = { fallback: 30, zero: false }
const METRICS_INTERVAL = { fallback: 60, zero: true }
const MIN_INTERVAL_SECONDS = 1
const MAX_INTERVAL_SECONDS = 86_400
const MAX_SERVER_ID = 2_147_483_647
const MAX_TOP_PROCESSES = 10
const MAX_TOKEN_LENGTH = 512

const KEYS = {
  server_id: 'STACKSENSE_SERVER_ID',
  api_url: 'STACKSENSE_API_URL',
  token: 'STACKSENSE_TOKEN',
  token_file: 'STACKSENSE_TOKEN_FILE',
  interval: 'STACKSENSE_INTERVAL',
  metrics_interval: 'STACKSENSE_METRICS_INTERVAL',
  top_processes: 'STACKSENSE_TOP_PROCESSES',
  protocol: 'STACKSENSE_PROTOCOL',
  buffer_file: 'STACKSENSE_BUFFER_FILE',
} as const

type Key = keyof typeof KEYS

/** A value and what to call it in a sentence: its variable, or its key and file. */
interface Given {
  readonly value: string
  readonly name: string
}

/** The one sentence that a person needs to put things right. Caught in readConfig. */
class BadConfig extends Error {}

/**
 * The configuration: the environment over a JSON file, in which a value may be a string or a number.
 *
 * @param path the file asked for by `--config`; without it the default in the home directory, which need not exist.
 */
export function readConfig(host: Host, path: string | undefined): ConfigResult {
  try {
    const source = openSource(host, path)
    const token = tokenOf(host, source)
    const config: Config = {
      serverId: serverIdOf(source),
      hubs: hubsOf(source, token),
      intervalMs: secondsOf(source.find('interval'), INTERVAL),
      metricsIntervalMs: secondsOf(source.find('metrics_interval'), METRICS_INTERVAL),
      topProcesses: topProcessesOf(source.find('top_processes')),
      protocol: protocolOf(source.find('protocol')),
      bufferPath: source.find('buffer_file')?.value ?? defaultBufferPath(host, serverIdOf(source)),
    }
    return { kind: 'config', config, notices: source.notices }
  } catch (error) {
    if (error instanceof BadConfig) return { kind: 'bad', problem: error.message }
    throw error
  }
}

interface Source {
  readonly find: (key: Key) => Given | undefined
  readonly fromEnvironment: (key: Key) => Given | undefined
  readonly fromFile: (key: Key) => Given | undefined
  /** Where a missing value could be put. */
  readonly filePath: string | undefined
  readonly notices: readonly string[]
}

function openSource(host: Host, path: string | undefined): Source {
  const home = host.environment('HOME')
  const filePath = path ?? (home === undefined ? undefined : `${home}/${DEFAULT_FILE}`)
  const file = filePath === undefined ? {} : readFile(host, filePath, path !== undefined)

  const fromEnvironment = (key: Key) => given(host.environment(KEYS[key]), KEYS[key])
  const fromFile = (key: Key) => given(textOf(file[key], key, filePath), `"${key}" in ${filePath}`)
  const notices = Object.keys(file)
    .filter((key) => !(key in KEYS))
    .map((key) => `${filePath} has a key that means nothing here: ${quote(key)}.`)

  return { find: (key) => fromEnvironment(key) ?? fromFile(key), fromEnvironment, fromFile, filePath, notices }
}

function readFile(host: Host, path: string, required: boolean): Record<string, unknown> {
  const file = host.readTextFile(path)
  if (file.kind === 'missing' && !required) return {}
  if (file.kind === 'missing') throw new BadConfig(`${path} does not exist.`)
  if (file.kind === 'unreadable') throw new BadConfig(`${path} cannot be read: ${file.reason}.`)

  const parsed = parseJson(file.text.replace(/^\uFEFF/, ''))
  if (parsed === undefined) throw new BadConfig(`${path} is not valid JSON.`)
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw new BadConfig(`${path} must hold one JSON object, such as {"server_id": 1, "api_url": "http://hub:4000"}.`)
  }
  return parsed as Record<string, unknown>
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function textOf(value: unknown, key: Key, filePath: string | undefined): string | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value === 'string') return value
  if (typeof value === 'number') return String(value)
  throw new BadConfig(`"${key}" in ${filePath} must be a string or a number.`)
}

function given(value: string | undefined, name: string): Given | undefined {
  const trimmed = value?.trim()
  return trimmed === undefined || trimmed === '' ? undefined : { value: trimmed, name }
}

function missing(source: Source, key: Key, what: string): BadConfig {
  const inFile = source.filePath === undefined ? '' : ` (or "${key}" in ${source.filePath})`
  return new BadConfig(`${KEYS[key]}${inFile} is not set: ${what}.`)
}

function serverIdOf(source: Source): number {
  const id = source.find('server_id')
  if (id === undefined) throw missing(source, 'server_id', 'the number that the hub gave this server')
  if (!/^[0-9]{1,10}$/.test(id.value) || Number(id.value) < 1 || Number(id.value) > MAX_SERVER_ID) {
    throw new BadConfig(`${id.name} must be a server's number, 1 to ${MAX_SERVER_ID}, not ${quote(id.value)}.`)
  }
  return Number(id.value)
}

/** A token of the environment counts everywhere; else each address's own; else the file's. */
function hubsOf(source: Source, token: { environment: string | undefined; file: string | undefined }): Hub[] {
  const urls = source.find('api_url')
  if (urls === undefined) throw missing(source, 'api_url', "the hub's address, such as http://hub.example:4000")

  const addresses = urls.value
    .split(',')
    .map((address) => address.trim())
    .filter((address) => address !== '')
  if (addresses.length === 0) throw new BadConfig(`${urls.name} holds no address.`)
  return addresses.map((address, index) => {
    const name = addresses.length === 1 ? urls.name : `${urls.name}, address ${index + 1},`
    const parsed = parseHubUrl(address)
    if (parsed.kind === 'bad') throw new BadConfig(`${name} ${parsed.problem}.`)
    if (parsed.hub.token !== undefined) checkToken(parsed.hub.token, `The password of ${name}`)
    return { ...parsed.hub, token: token.environment ?? parsed.hub.token ?? token.file }
  })
}

function tokenOf(host: Host, source: Source): { environment: string | undefined; file: string | undefined } {
  const read = (from: Source['fromFile']) => secret(host, from('token_file')) ?? from('token')
  const environment = read(source.fromEnvironment)
  const file = read(source.fromFile)
  for (const token of [environment, file]) if (token !== undefined) checkToken(token.value, token.name)
  return { environment: environment?.value, file: file?.value }
}

function secret(host: Host, path: Given | undefined): Given | undefined {
  if (path === undefined) return undefined
  const file = host.readTextFile(path.value)
  if (file.kind === 'missing') throw new BadConfig(`${path.name} names ${path.value}, which does not exist.`)
  if (file.kind === 'unreadable')
    throw new BadConfig(`${path.name} names ${path.value}, which cannot be read: ${file.reason}.`)

  const token = given(file.text, `The token in ${path.value}`)
  if (token === undefined) throw new BadConfig(`${path.name} names ${path.value}, which is empty.`)
  return token
}

/** A token goes into a header: one with a line break in it could write another header. It is never repeated in a sentence. */
function checkToken(token: string, name: string): void {
  if (token.length > MAX_TOKEN_LENGTH)
    throw new BadConfig(`${name} is too long for a token: more than ${MAX_TOKEN_LENGTH} characters.`)
  if (!/^[\x21-\x7e]+$/.test(token))
    throw new BadConfig(`${name} is not a token: it holds a space, a line break or another sign that no token has.`)
}

interface SecondsRule {
  readonly fallback: number
  /** Whether 0 is allowed, meaning never. */
  readonly zero: boolean
}

function secondsOf(seconds: Given | undefined, rule: SecondsRule): number {
  if (seconds === undefined) return rule.fallback * 1000
  const value = /^[0-9]+(\.[0-9]+)?$/.test(seconds.value) ? Number(seconds.value) : Number.NaN
  if (value === 0 && rule.zero) return 0
  if (value >= MIN_INTERVAL_SECONDS && value <= MAX_INTERVAL_SECONDS) return Math.round(value * 1000)

  const bounds = `${MIN_INTERVAL_SECONDS} to ${MAX_INTERVAL_SECONDS}${rule.zero ? ', or 0 for none' : ''}`
  throw new BadConfig(`${seconds.name} must be a number of seconds, ${bounds}, not ${quote(seconds.value)}.`)
}

function topProcessesOf(count: Given | undefined): number {
  if (count === undefined) return 0
  if (/^[0-9]{1,2}$/.test(count.value) && Number(count.value) <= MAX_TOP_PROCESSES) return Number(count.value)
  throw new BadConfig(`${count.name} must be a number, 0 (none) to ${MAX_TOP_PROCESSES}, not ${quote(count.value)}.`)
}

function protocolOf(protocol: Given | undefined): Protocol {
  if (protocol === undefined) return 'graphql'
  const value = protocol.value.toLowerCase()
  if (value === 'graphql' || value === 'rest') return value
  throw new BadConfig(`${protocol.name} must be "graphql" or "rest", not ${quote(protocol.value)}.`)
}

/** Where systemd gives the service a place of its own, else beside the default configuration. */
function defaultBufferPath(host: Host, serverId: number): string | undefined {
  const state = host.environment('STATE_DIRECTORY')?.split(':')[0]
  if (state !== undefined) return `${state}/metrics-${serverId}.jsonl`
  const home = host.environment('HOME')
  return home === undefined ? undefined : `${home}/.stacksense_metrics_${serverId}.jsonl`
}

/** A value inside a sentence: short, and without the power to break the line. */
function quote(value: string): string {
  return JSON.stringify(value.slice(0, 40))
}
