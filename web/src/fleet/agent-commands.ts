/** A way to let a server beat, as commands to run on it. */
export interface AgentCommands {
  readonly name: string
  readonly about: string
  readonly commands: readonly { readonly before?: string; readonly code: string }[]
}

/** The ways of the agent's guide, with the address, the id and the token filled in. */
export function agentCommands(hub: string, id: string, token: string): readonly AgentCommands[] {
  const config = JSON.stringify({ server_id: Number(id), api_url: hub, token })
  return [
    {
      name: 'Agent',
      about: 'With Node 20 or newer on the server: copy agent/dist/stacksense-agent.js to it, and run there:',
      commands: [
        {
          code: `STACKSENSE_SERVER_ID=${id} \\\nSTACKSENSE_API_URL=${hub} \\\nSTACKSENSE_TOKEN=${token} \\\nnode stacksense-agent.js`,
        },
      ],
    },
    {
      name: 'systemd',
      about:
        'As a service that starts with the machine. Copy agent/dist/stacksense-agent.js and agent/systemd/stacksense-agent.service to it, then as root:',
      commands: [
        {
          code: [
            'useradd --system --no-create-home --shell /usr/sbin/nologin stacksense-agent',
            'install -D -m 644 stacksense-agent.js /opt/stacksense/stacksense-agent.mjs',
            'install -d -m 750 -g stacksense-agent /etc/stacksense',
            'install -m 600 -o stacksense-agent /dev/null /etc/stacksense/agent.json',
            `echo '${config}' > /etc/stacksense/agent.json`,
            'install -m 644 stacksense-agent.service /etc/systemd/system/',
            'systemctl daemon-reload && systemctl enable --now stacksense-agent',
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
