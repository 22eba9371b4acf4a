import { join } from 'node:path'
import { findHub as findHubOf } from '../server/src/cli/hub-address.ts'
import { readClientConfig } from '../server/src/config.ts'

export interface HubAddress {
  /** Without a slash at the end. */
  readonly url: string
  readonly token: string
}

/**
 * Where the hub is and how to speak to it: as asked for, else by the environment, else the hub that serves the data directory
 * on this machine. The same rule as the command line's; of several hubs, the first is simulated against.
 *
 * @param root the repository, below which the default data directory lies
 * @throws StartError
 */
export function findHub(asked: { url?: string; token?: string }, env: NodeJS.ProcessEnv, root: string): HubAddress {
  const { apiUrl, token: givenToken, dataDir } = readClientConfig(env)
  const { urls, token } = findHubOf({
    url: asked.url || apiUrl,
    token: asked.token || givenToken,
    dataDirs: [dataDir ?? join(root, '.stacksense')],
  })
  return { url: urls[0], token }
}
