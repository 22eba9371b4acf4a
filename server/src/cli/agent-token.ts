import type { HubApi } from './hub-api.ts'

/** What `createServer` and `rotateAgentToken` answer. */
export interface CreatedServer {
  readonly server: { readonly id: string; readonly name: string }
  readonly agentToken: string
}

const LOOPBACK = /^https?:\/\/(127\.|localhost\b|\[::1\])/

/** An agent's token, which is shown only now, and how to use it. */
export function showAgentToken({ server, agentToken }: CreatedServer, { url }: Pick<HubApi, 'url'>): string {
  const elsewhere = LOOPBACK.test(url) ? `\nOn another machine, put this machine's address in the place of ${url}.` : ''
  return `Its token, shown this once:

  ${agentToken}

Let it beat: on the server, as root,

  curl -fsSL ${url}/install.sh | sh -s -- --token ${agentToken}

or without an agent, one heartbeat a call, more often than the limit:

  curl -fsS -X POST -u agent:${agentToken} ${url}/api/heartbeat/${server.id}/
${elsewhere}`.trimEnd()
}
