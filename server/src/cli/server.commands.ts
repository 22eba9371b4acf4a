import { type CreatedServer, showAgentToken } from './agent-token.ts'
import { FLAG, readArguments, TEXT, TEXTS, wholeNumber } from './arguments.ts'
import { serverJson } from './check-result.ts'
import { type Command, DONE } from './command.ts'
import { findServerRow, listServerRows, type ServerRow } from './server-rows.ts'
import { table } from './table.ts'
import { lastHeard, statusInBrief } from './words.ts'

const OFFLINE_AFTER_BOUNDS = [2, 86_400] as const

const serverAdd: Command = {
  name: 'server add',
  usage: 'NAME [--tag TAG]... [--description TEXT] [--offline-after SECONDS] [--json]',
  summary: 'Adds a server and shows its token, once.',
  details: `  --tag TAG                may be given several times
  --description TEXT
  --offline-after SECONDS  silence of more than this makes it OFFLINE; 2 to 86400 (60)
  --json                   print { server { id name } agentToken } as JSON`,

  async run(args, shell) {
    const options = { tag: TEXTS, description: TEXT, 'offline-after': TEXT, json: FLAG }
    const { values, operands } = readArguments(this.name, args, options, ['NAME'])
    const offlineAfter = wholeNumber(this.name, 'offline-after', values['offline-after'], OFFLINE_AFTER_BOUNDS)
    const api = shell.hub()
    const { createServer } = await api.ask<{ createServer: CreatedServer }>(
      'mutation ($input: CreateServerInput!) { createServer(input: $input) { server { id name } agentToken } }',
      {
        input: {
          name: operands[0],
          tags: values.tag,
          description: values.description,
          offlineAfterSeconds: offlineAfter,
        },
      },
    )
    const { id, name } = createServer.server
    shell.print(
      values.json
        ? JSON.stringify(createServer, null, 2)
        : `Added ${name}, id ${id}.\n\n${showAgentToken(createServer, api)}`,
    )
    return DONE
  },
}

const serverList: Command = {
  name: 'server list',
  usage: '[--search TEXT] [--tag TAG]... [--json]',
  summary: 'Lists the servers with their status.',
  details: `  --search TEXT  those whose name holds it, whatever its case
  --tag TAG      those that have it; given several times: all of them
  --json         print them as JSON`,

  async run(args, shell) {
    const options = { search: TEXT, tag: TEXTS, json: FLAG }
    const { values } = readArguments(this.name, args, options)
    const rows = await listServerRows(shell.hub(), { search: values.search, tags: values.tag })
    const isFiltered = values.search !== undefined || values.tag !== undefined
    const nothing = isFiltered ? 'No server is like that.' : 'No servers yet.'
    shell.print(
      values.json ? JSON.stringify(rows.map(serverJson), null, 2) : rows.length === 0 ? nothing : tableOf(rows),
    )
    return DONE
  },
}

const serverRemove: Command = {
  name: 'server remove',
  usage: 'NAME|ID',
  summary: 'Forgets a server: its token is refused from now on. Its events stay.',
  details: '',

  async run(args, shell) {
    const { operands } = readArguments(this.name, args, {}, ['NAME|ID'])
    const api = shell.hub()
    const { id, name } = await findServerRow(this.name, api, operands[0] as string)
    await api.ask('mutation ($id: ID!) { deleteServer(id: $id) }', { id })
    shell.print(`Removed ${name}, id ${id}. Its token is refused from now on.`)
    return DONE
  },
}

const serverRotateToken: Command = {
  name: 'server rotate-token',
  usage: 'NAME|ID [--json]',
  summary: 'Gives a server a new token and shows it, once. The one before it is refused from now on.',
  details: '  --json  print { server { id name } agentToken } as JSON',

  async run(args, shell) {
    const { values, operands } = readArguments(this.name, args, { json: FLAG }, ['NAME|ID'])
    const api = shell.hub()
    const { id } = await findServerRow(this.name, api, operands[0] as string)
    const { rotateAgentToken } = await api.ask<{ rotateAgentToken: CreatedServer }>(
      'mutation ($id: ID!) { rotateAgentToken(id: $id) { server { id name } agentToken } }',
      { id },
    )
    const { name } = rotateAgentToken.server
    shell.print(
      values.json
        ? JSON.stringify(rotateAgentToken, null, 2)
        : `${name}, id ${id}, has a new token; the one before it is refused from now on.\n\n${showAgentToken(rotateAgentToken, api)}`,
    )
    return DONE
  },
}

export const SERVER_COMMANDS: readonly Command[] = [serverAdd, serverList, serverRemove, serverRotateToken]

function tableOf(rows: readonly ServerRow[]): string {
  const head = ['ID', 'NAME', 'STATUS', 'LAST HEARTBEAT', 'TAGS']
  return table([
    head,
    ...rows.map((row) => [row.id, row.name, statusInBrief(row), lastHeard(row), row.tags.join(', ')]),
  ])
}
