import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { StartError } from '../errors.ts'

/** Where a hub is and how to speak to it. */
export interface HubAddress {
  /** At least one, the first to be tried first; without a slash at the end. */
  readonly urls: readonly [string, ...string[]]
  readonly token: string
}

export interface Wanted {
  /** One address, or several separated by commas. Undefined: the hub on this machine. */
  readonly url: string | undefined
  /** Undefined: the one that the hub on this machine has left for programs of its user. */
  readonly token: string | undefined
  /** Where a hub on this machine may have its data; the first that holds a hub's file is taken. */
  readonly dataDirs: readonly string[]
}

/** What a hub leaves in its data directory, readable by its user only. */
const HUB_FILE = 'hub.json'

/**
 * The hub that is asked for, else the one that serves a data directory on this machine.
 *
 * @throws StartError with one sentence: which of the two things is missing, and how to give it.
 */
export function findHub({ url, token, dataDirs }: Wanted): HubAddress {
  const asked = url === undefined ? undefined : parseUrls(url)
  if (asked && token) return { urls: asked, token }

  const local = readFirst(dataDirs)
  // A hub's own token is shown to that hub only.
  if (asked && !(local && asked.every((each) => isSame(each, local.url)))) {
    throw new StartError(`A token is needed for ${asked.join(', ')}: set STACKSENSE_TOKEN.`)
  }
  if (!local) {
    throw new StartError(
      `No hub found: start one, or name one by STACKSENSE_API_URL and STACKSENSE_TOKEN (${join(dataDirs[0] ?? '', HUB_FILE)} is not there).`,
    )
  }
  if (local.url === '') throw new StartError(`The hub of ${local.dataDir} has not finished its start.`)
  return { urls: asked ?? parseUrls(local.url), token: token ?? local.token }
}

function parseUrls(text: string): [string, ...string[]] {
  const [first = '', ...others] = text.split(',').map((part) => part.trim())
  return [cleanUrl(first), ...others.filter(Boolean).map(cleanUrl)]
}

function cleanUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url?.username || url?.password) {
    throw new StartError(`The address of ${url.host} holds a credential: give the token by STACKSENSE_TOKEN instead.`)
  }
  if (!url || !/^https?:$/.test(url.protocol)) throw new StartError(`"${text}" is not the address of a hub.`)
  return text.replace(/\/+$/, '').replace(/\/graphql$/, '')
}

function isSame(url: string, other: string): boolean {
  return URL.canParse(other) && new URL(url).origin === new URL(other).origin
}

interface LocalHub {
  readonly dataDir: string
  /** Empty while it starts for the first time. */
  readonly url: string
  readonly token: string
}

function readFirst(dataDirs: readonly string[]): LocalHub | undefined {
  for (const dataDir of dataDirs) {
    const local = readHubFile(dataDir)
    if (local) return local
  }
  return undefined
}

function readHubFile(dataDir: string): LocalHub | undefined {
  const file = join(dataDir, HUB_FILE)
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw new StartError(`${file} cannot be read: ${(error as Error).message}`)
  }
  const { url, token } = parseObject(text)
  if (typeof url === 'string' && typeof token === 'string') return { dataDir, url, token }
  throw new StartError(`${file} does not hold the address and token of a hub.`)
}

function parseObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}
