/** A way to let a server beat, as commands to run on it. */
export interface AgentCommands {
  readonly name: string
  readonly about: string
  readonly commands: readonly { readonly before?: string; readonly code: string }[]
}

/** The ways of the agent's guide, with the address, the id and the token filled in. */
export function agentCommands(hub: string, id: string, token: string): readonly AgentCommands[] {
  return [
    {
      name: 'Install',
      about:
        'As root on the server. It sends one heartbeat, then starts a service; if that fails it says why and leaves nothing behind.',
      commands: [{ code: `curl -fsSL ${hub}/install.sh | sudo sh -s -- --token ${token}` }],
    },
    {
      name: 'Node',
      about: 'Without installing, with Node 20.19 or newer on the server:',
      commands: [
        {
          code: [
            `curl -fsSLO ${hub}/agent/stacksense-agent.js`,
            `STACKSENSE_SERVER_ID=${id} STACKSENSE_API_URL=${hub} \\\nSTACKSENSE_TOKEN=${token} node stacksense-agent.js`,
          ].join('\n'),
        },
      ],
    },
    {
      name: 'cron',
      about:
        'Where no service can be installed: this line in crontab -e. A beat a minute is too slow for the usual limit of 60 s; set the limit to 150 s or more on the server’s page.',
      commands: [{ code: `* * * * * curl -fsS -X POST -u agent:${token} ${hub}/api/heartbeat/${id}/ >/dev/null` }],
    },
    {
      name: 'curl only',
      about: 'Without an agent: one heartbeat, now. Run it more often than the limit, from cron or a timer.',
      commands: [{ code: `curl -fsS -X POST -u agent:${token} ${hub}/api/heartbeat/${id}/` }],
    },
  ]
}
