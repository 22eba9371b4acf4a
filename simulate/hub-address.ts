import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { UsageError } from './options.ts'

export interface HubAddress {
  /** Without a slash at the end. */
  readonly url: string
  readonly token: string
}

/** What a hub on this machine leaves in its data directory, readable by its user only. */
const HUB_FILE = 'hub.json'

/**
 * Where the hub is and how to speak to it: as asked for, else by the environment, else the hub that serves the data directory
 * on this machine.
 *
 * @param root the repository, below which the default data directory lies
 * @throws UsageError
 */
export function findHub(asked: { url?: string; token?: string }, env: NodeJS.ProcessEnv, root: string): HubAddress {
  const url = asked.url || env.STACKSENSE_API_URL
  const token = asked.token || env.STACKSENSE_TOKEN
  if (url && token) return addressOf(url, token)

  const file = join(env.STACKSENSE_DATA_DIR || join(root, '.stacksense'), HUB_FILE)
  const local = readHubFile(file)
  if (!local && url) throw new UsageError(`A token is needed for ${url}: --token or STACKSENSE_TOKEN.`)
  if (!local)
    throw new UsageError(
      `No hub found: start one with npm start, or name one by --url and --token (${file} is not there).`,
    )
  // A hub's own token is shown to that hub only.
  if (url && new URL(addressOf(url, '-').url).origin !== new URL(local.url).origin) {
    throw new UsageError(`A token is needed for ${url}: --token or STACKSENSE_TOKEN.`)
  }
  return addressOf(url || local.url, token || local.token)
}

function addressOf(url: string, token: string): HubAddress {
  const first = (url.split(',')[0] ?? '').trim()
  if (!URL.canParse(first) || !/^https?:/.test(first)) throw new UsageError(`"${first}" is not the address of a hub.`)
  return { url: first.replace(/\/+$/, '').replace(/\/graphql$/, ''), token }
}

function readHubFile(file: string): HubAddress | undefined {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw new UsageError(`${file} cannot be read: ${(error as Error).message}`)
  }
  const { url, token } = parseObject(text)
  if (typeof url === 'string' && typeof token === 'string') return { url, token }
  throw new UsageError(`${file} does not hold the address and token of a hub.`)
}

function parseObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}
