import { describe, expect, test } from 'vitest'
import type { Caller } from './caller.ts'
import { AccessRules, PERMISSIONS, type Permission } from './permissions.ts'

const OWN = 1
const FOREIGN = 2

const CALLERS: Record<string, Caller> = {
  anonymous: { kind: 'anonymous' },
  agent: { kind: 'agent', serverId: OWN },
  reader: { kind: 'user', name: 'dashboard', scope: 'read', via: 'token' },
  operator: { kind: 'user', name: 'on-call', scope: 'operate', via: 'token' },
  admin: { kind: 'user', name: 'admin', scope: 'admin', via: 'session' },
}

const ACTION: Record<Permission, string> = {
  anyone: 'GET /healthz',
  known: 'POST /graphql',
  'own-server': 'Mutation.recordHeartbeat',
  read: 'Query.fleet',
  operate: 'Mutation.raiseAlert',
  admin: 'Mutation.createServer',
}

const YES = 'allowed'
const WHO = 'UNAUTHENTICATED'
const NO = 'FORBIDDEN'

/** Columns: anonymous, the same under open ingest, an agent at its own server, at another one, reader, operator, admin. */
const MATRIX: [Permission, string, string, string, string, string, string, string][] = [
  ['anyone', YES, YES, YES, YES, YES, YES, YES],
  ['known', WHO, YES, YES, YES, YES, YES, YES],
  ['own-server', WHO, YES, YES, NO, NO, YES, YES],
  ['read', WHO, WHO, NO, NO, YES, YES, YES],
  ['operate', WHO, WHO, NO, NO, NO, YES, YES],
  ['admin', WHO, WHO, NO, NO, NO, NO, YES],
]

function verdict(caller: string, permission: Permission, serverId: number, openIngest = false): string {
  const rules = new AccessRules({ openIngest })
  try {
    rules.require(CALLERS[caller] as Caller, ACTION[permission], serverId)
    return YES
  } catch (error) {
    return (error as { code: string }).code
  }
}

describe('who may do what', () => {
  test.each(MATRIX)('%s', (permission, anonymous, open, own, foreign, reader, operator, admin) => {
    expect({
      anonymous: verdict('anonymous', permission, OWN),
      open: verdict('anonymous', permission, OWN, true),
      own: verdict('agent', permission, OWN),
      foreign: verdict('agent', permission, FOREIGN),
      reader: verdict('reader', permission, OWN),
      operator: verdict('operator', permission, OWN),
      admin: verdict('admin', permission, OWN),
    }).toEqual({ anonymous, open, own, foreign, reader, operator, admin })
  })

  test('open ingest changes nothing for callers who give a credential', () => {
    for (const [permission] of MATRIX) {
      for (const caller of ['agent', 'reader', 'operator', 'admin']) {
        expect(verdict(caller, permission, FOREIGN, true)).toBe(verdict(caller, permission, FOREIGN))
      }
    }
  })
})

describe('the table', () => {
  const all = Object.entries(PERMISSIONS)

  test('every change to the fleet needs more than reading', () => {
    const mutations = all.filter(([action]) => action.startsWith('Mutation.'))
    expect(mutations.filter(([, permission]) => ['anyone', 'known', 'read'].includes(permission))).toEqual([])
  })

  test('every query and subscription needs a user', () => {
    const reads = all.filter(([action]) => /^(Query|Subscription)\./.test(action))
    expect(reads.filter(([, permission]) => permission !== 'read').map(([action]) => action)).toEqual([
      'Query.apiTokens',
    ])
  })

  test('without a credential there are the health check, the page, signing in and out, and what installs an agent', () => {
    const open = all.filter(([, permission]) => permission === 'anyone').map(([action]) => action)
    expect(open).toEqual([
      'POST /api/session',
      'DELETE /api/session',
      'GET /healthz',
      'GET /install.sh',
      'GET /agent/:file',
      'GET /*',
    ])
  })

  test('an action that is not in the table is a defect, even for an admin', () => {
    const rules = new AccessRules({ openIngest: true })
    expect(() => rules.require(CALLERS.admin as Caller, 'Mutation.forgotten')).toThrow('No permission is set')
    expect(() => rules.require(CALLERS.admin as Caller, 'toString')).toThrow('No permission is set')
  })

  test('an agent action without its server is a defect, even for an admin', () => {
    const rules = new AccessRules({ openIngest: true })
    expect(() => rules.require(CALLERS.admin as Caller, 'Mutation.recordHeartbeat')).toThrow('needs the server')
  })
})
