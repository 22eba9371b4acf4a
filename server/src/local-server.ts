import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import type { Logger } from 'pino'
import { readSecretFile, writeSecretFile } from './access/secret-file.ts'
import { hashToken, newToken } from './access/tokens.ts'
import { Refusal } from './errors.ts'
import { findByTokenHash } from './store/api-tokens.ts'
import { createServer, findServerByMachineId, findServers, setAgentTokenHash } from './store/servers.ts'
import type { Store } from './store/store.ts'

/** As for any other server. */
const OFFLINE_AFTER_SECONDS = 60

/** The server that stands for this machine, and its agent's token. */
export interface LocalServer {
  readonly serverId: number
  readonly token: string
}

export interface RegistrationOptions {
  readonly store: Store
  readonly dataDir: string
  readonly log: Logger
  /** For tests. */
  readonly machineIdFile?: string
}

/**
 * The server that stands for this machine, with a token that works; undefined where there shall be none.
 *
 * A deleted server stays deleted. A server whose token is not ours belongs to another hub on this machine as long as it
 * reports; once it is silent it is ours.
 */
export async function registerThisMachine(options: RegistrationOptions): Promise<LocalServer | undefined> {
  const { store, dataDir, log } = options
  const file = join(dataDir, 'local-agent')
  const kept = serverIn(await readSecretFile(file))
  const machineId = await readMachineId(dataDir, options.machineIdFile ?? '/etc/machine-id')
  const server = await findServerByMachineId(store, machineId)

  if (server === undefined) {
    if (kept !== undefined && (await wasDeleted(store, kept))) {
      log.info(
        `This machine was deleted from the list of servers and does not report. To bring it back, remove ${file}`,
      )
      return undefined
    }
    return keep(file, await createThisMachine(store, machineId))
  }
  if (kept?.serverId === server.id && (await isTokenOf(store, kept))) return kept
  if (server.status !== 'OFFLINE') {
    log.info({ server: server.name }, 'Another agent reports for this machine already.')
    return undefined
  }
  const token = newToken('agent')
  await setAgentTokenHash(store, server.id, hashToken(token))
  return keep(file, { serverId: server.id, token })
}

async function createThisMachine(store: Store, machineId: string): Promise<LocalServer> {
  const token = newToken('agent')
  const name = hostname()
  for (const candidate of [name, `${name}-${machineId.slice(0, 6)}`, `${name}-${randomUUID().slice(0, 8)}`]) {
    try {
      const server = await createServer(store, {
        name: candidate,
        description: 'The machine that StackSense runs on',
        tags: [],
        offlineAfterSeconds: OFFLINE_AFTER_SECONDS,
        tokenHash: hashToken(token),
        machineId,
      })
      return { serverId: server.id, token }
    } catch (error) {
      if (!(error instanceof Refusal && error.code === 'CONFLICT')) throw error
    }
  }
  throw new Error(`No name was left for ${name}`)
}

async function isTokenOf(store: Store, { serverId, token }: LocalServer): Promise<boolean> {
  const holder = await findByTokenHash(store, hashToken(token))
  return holder?.kind === 'agent' && holder.serverId === serverId
}

/** A server of another database may have had the same id, but hardly ever was it deleted and had this machine's name. */
async function wasDeleted(store: Store, { serverId }: LocalServer): Promise<boolean> {
  const server = (await findServers(store, [serverId])).get(serverId)
  return server !== undefined && server.deletedAt !== null && server.name.startsWith(hostname())
}

async function keep(file: string, server: LocalServer): Promise<LocalServer> {
  await writeSecretFile(file, JSON.stringify(server))
  return server
}

function serverIn(text: string | undefined): LocalServer | undefined {
  try {
    const { serverId, token } = JSON.parse(text ?? '{}') as Record<string, unknown>
    return typeof serverId === 'number' && typeof token === 'string' ? { serverId, token } : undefined
  } catch {
    return undefined
  }
}

/** The machine's own id, else (in most containers) a random one that stays with the data. */
async function readMachineId(dataDir: string, systemFile: string): Promise<string> {
  const own = await readFile(systemFile, 'utf8').catch(() => '')
  if (/^[0-9a-f]{32}$/.test(own.trim())) return own.trim()

  const file = join(dataDir, 'machine-id')
  const kept = await readSecretFile(file)
  if (kept !== undefined) return kept
  const made = randomUUID().replaceAll('-', '')
  await writeSecretFile(file, made)
  return made
}
