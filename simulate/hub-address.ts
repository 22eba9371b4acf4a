import { join } from 'node:path'
import { findHub as findHubOf } from '../server/src/cli/hub-address.ts'
import { readClientConfig } from '../server/src/config.ts'

/** The hub, or several that share a database. */
export interface HubAddress {
  /** Without a slash at the end. */
  readonly urls: readonly [string, ...string[]]
  readonly token: string
}

/**
 * Where the hubs are and how to speak to them: as asked for, else by the environment, else the hub that serves the data
 * directory on this machine. The same rule as the command line's.
 *
 * @param root the repository, below which the default data directory lies
 * @throws StartError
 */
export function findHub(asked: { url?: string; token?: string }, env: NodeJS.ProcessEnv, root: string): HubAddress {
  const { apiUrl, token: givenToken, dataDir } = readClientConfig(env)
  return findHubOf({
    url: asked.url || apiUrl,
    token: asked.token || givenToken,
    dataDirs: [dataDir ?? join(root, '.stacksense')],
  })
}
