import { StartError } from '../errors.ts'
import { FLAG, misuse, readArguments, TEXT } from './arguments.ts'
import { type Command, DONE } from './command.ts'
import type { HubApi } from './hub-api.ts'
import { findByNameOrId } from './server-rows.ts'
import { table } from './table.ts'
import { utc } from './words.ts'

const SCOPES = ['read', 'operate', 'admin']
const FIELDS = 'id name scope createdAt expiresAt lastUsedAt revokedAt'

interface ApiToken {
  readonly id: string
  readonly name: string
  readonly scope: string
  readonly createdAt: string
  readonly expiresAt: string | null
  readonly lastUsedAt: string | null
  readonly revokedAt: string | null
}

const tokenCreate: Command = {
  name: 'token create',
  usage: 'NAME [--scope SCOPE] [--expires-at TIME] [--json]',
  summary: 'Makes a token for a person or a tool and shows it, once.',
  details: `  --scope SCOPE      what it may do: read, operate (and alerts, suspending, relaying), admin (and everything else) (read)
  --expires-at TIME  2027-01-31 (its beginning in UTC) or 2027-01-31T12:00:00Z; without it, never
  --json             print { apiToken token } as JSON`,

  async run(args, shell) {
    const options = { scope: { ...TEXT, default: 'read' }, 'expires-at': TEXT, json: FLAG }
    const { values, operands } = readArguments(this.name, args, options, ['NAME'])
    if (!SCOPES.includes(values.scope)) {
      throw misuse(this.name, `--scope must be read, operate or admin, not "${values.scope}".`)
    }
    const expiresAt = values['expires-at'] === undefined ? null : parseExpiry(this.name, values['expires-at'])
    const { createApiToken } = await shell
      .hub()
      .ask<{ createApiToken: { apiToken: ApiToken; token: string } }>(
        `mutation ($input: CreateApiTokenInput!) { createApiToken(input: $input) { apiToken { ${FIELDS} } token } }`,
        { input: { name: operands[0], scope: values.scope.toUpperCase(), expiresAt } },
      )
    const { apiToken, token } = createApiToken
    const ends = apiToken.expiresAt === null ? 'It does not expire.' : `It expires at ${utc(apiToken.expiresAt)} UTC.`
    shell.print(
      values.json
        ? JSON.stringify(createApiToken, null, 2)
        : `Created ${apiToken.name}, id ${apiToken.id}, scope ${values.scope}. ${ends}\n\nThe token, shown this once:\n\n  ${token}`,
    )
    return DONE
  },
}

const tokenList: Command = {
  name: 'token list',
  usage: '[--json]',
  summary: 'Lists the tokens of people and tools, revoked and expired ones too.',
  details: '  --json  print them as JSON\n\nTimes are in UTC.',

  async run(args, shell) {
    const { values } = readArguments(this.name, args, { json: FLAG })
    const tokens = await listTokens(shell.hub())
    const head = ['ID', 'NAME', 'SCOPE', 'CREATED (UTC)', 'LAST USED', 'EXPIRES', 'REVOKED']
    shell.print(values.json ? JSON.stringify(tokens, null, 2) : table([head, ...tokens.map(rowOf)]))
    return DONE
  },
}

const tokenRevoke: Command = {
  name: 'token revoke',
  usage: 'NAME|ID',
  summary: 'Voids a token: it, and each page that was signed in with it, is refused from now on.',
  details: '',

  async run(args, shell) {
    const { operands } = readArguments(this.name, args, {}, ['NAME|ID'])
    const api = shell.hub()
    const wanted = operands[0] as string
    const tokens = await listTokens(api)
    // The name of a revoked token is free: it may belong to another by now.
    const valid = tokens.filter(({ revokedAt }) => revokedAt === null)
    const revoked = tokens.find(({ id, name }) => id === wanted || name === wanted)
    if (revoked && !valid.some(({ id, name }) => id === wanted || name === wanted)) {
      throw new StartError(`The token ${revoked.name}, id ${revoked.id}, is revoked already.`)
    }
    const { id, name } = findByNameOrId(this.name, 'token', valid, wanted)
    await api.ask('mutation ($id: ID!) { revokeApiToken(id: $id) { id } }', { id })
    shell.print(`Revoked ${name}, id ${id}. It is refused from now on.`)
    return DONE
  },
}

export const TOKEN_COMMANDS: readonly Command[] = [tokenCreate, tokenList, tokenRevoke]

async function listTokens(api: HubApi): Promise<readonly ApiToken[]> {
  return (await api.ask<{ apiTokens: readonly ApiToken[] }>(`{ apiTokens { ${FIELDS} } }`)).apiTokens
}

function rowOf({ id, name, scope, createdAt, lastUsedAt, expiresAt, revokedAt }: ApiToken): string[] {
  return [id, name, scope.toLowerCase(), utc(createdAt), utc(lastUsedAt), utc(expiresAt), utc(revokedAt)]
}

/** A day alone means its beginning in UTC; a time needs its zone, as in the API. */
function parseExpiry(command: string, text: string): string {
  const time = /^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00:00Z` : text
  if (/T.*(Z|[+-]\d\d:\d\d)$/.test(time) && !Number.isNaN(Date.parse(time))) return time
  throw misuse(command, `--expires-at must be like 2027-01-31 or 2027-01-31T12:00:00Z, not "${text}".`)
}
