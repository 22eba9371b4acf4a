import { describe, expect, test } from 'vitest'
import { VirtualHost } from '../test/virtual-host.ts'
import { readConfig } from './config.ts'

const HOME_FILE = '/home/ann/.stacksense_heartbeat.conf'
const ENOUGH = { STACKSENSE_SERVER_ID: '12', STACKSENSE_API_URL: 'http://hub:4000' }

interface Scene {
  readonly env?: Record<string, string>
  readonly files?: Record<string, string>
  readonly path?: string
}

function read({ env = {}, files = {}, path }: Scene) {
  const host = new VirtualHost()
  for (const [name, value] of Object.entries(env)) host.variables.set(name, value)
  for (const [name, text] of Object.entries(files)) host.files.set(name, text)
  return readConfig(host, path)
}

function config(scene: Scene) {
  const result = read(scene)
  if (result.kind === 'bad') throw new Error(result.problem)
  return result.config
}

function problem(scene: Scene): string {
  const result = read(scene)
  return result.kind === 'bad' ? result.problem : 'none'
}

const tokens = (scene: Scene) => config(scene).hubs.map((hub) => hub.token)

describe('where it comes from', () => {
  test('a number and an address suffice', () => {
    expect(config({ env: ENOUGH })).toEqual({
      serverId: 12,
      hubs: [{ secure: false, host: 'hub', port: 4000, basePath: '', token: undefined }],
      intervalMs: 30_000,
      metricsIntervalMs: 60_000,
      topProcesses: 0,
      protocol: 'graphql',
    })
  })

  test("the file in the home directory is read as the original's agent wrote it", () => {
    const text = '{"server_id": 7, "api_url": "https://hub", "token": "ssa_x", "interval": 10}'
    expect(config({ env: { HOME: '/home/ann' }, files: { [HOME_FILE]: text } })).toMatchObject({
      serverId: 7,
      hubs: [{ secure: true, host: 'hub', token: 'ssa_x' }],
      intervalMs: 10_000,
    })
  })

  test('--config names another file', () => {
    const files = { [HOME_FILE]: '{"server_id": 7}', '/etc/agent.json': '{"server_id": "8", "api_url": "http://hub"}' }
    expect(config({ env: { HOME: '/home/ann' }, files, path: '/etc/agent.json' }).serverId).toBe(8)
  })

  test('the environment wins over the file, value by value', () => {
    const files = {
      '/c': '{"server_id": 7, "api_url": "http://filed", "interval": 10, "protocol": "rest", "metrics_interval": 0, "top_processes": 5}',
    }
    expect(config({ env: { STACKSENSE_SERVER_ID: '12', STACKSENSE_INTERVAL: '5' }, files, path: '/c' })).toMatchObject({
      serverId: 12,
      hubs: [{ host: 'filed' }],
      intervalMs: 5_000,
      metricsIntervalMs: 0,
      topProcesses: 5,
      protocol: 'rest',
    })
  })

  test('an empty variable counts as unset', () => {
    const env = { ...ENOUGH, STACKSENSE_INTERVAL: '', STACKSENSE_TOKEN: ' ', STACKSENSE_PROTOCOL: '' }
    expect(config({ env })).toMatchObject({ intervalMs: 30_000, hubs: [{ token: undefined }], protocol: 'graphql' })
  })

  test('without HOME, or without the file there, the environment is all there is', () => {
    expect(config({ env: ENOUGH }).serverId).toBe(12)
    expect(config({ env: { ...ENOUGH, HOME: '/nowhere' } }).serverId).toBe(12)
  })

  test('a byte order mark before the JSON does no harm', () => {
    expect(config({ env: ENOUGH, files: { '/c': '\uFEFF{"interval": 5}' }, path: '/c' }).intervalMs).toBe(5_000)
  })

  test('a key that means nothing is mentioned', () => {
    const result = read({ env: ENOUGH, files: { '/c': '{"sever_id": 5}' }, path: '/c' })
    expect(result).toMatchObject({ kind: 'config', notices: ['/c has a key that means nothing here: "sever_id".'] })
  })
})

describe('several hubs', () => {
  test('are separated by commas', () => {
    const env = { ...ENOUGH, STACKSENSE_API_URL: 'http://a:4000, https://b/x ,http://c,' }
    expect(config({ env }).hubs.map(({ host, basePath }) => host + basePath)).toEqual(['a', 'b/x', 'c'])
  })

  test('of which one is wrong are told apart', () => {
    expect(problem({ env: { ...ENOUGH, STACKSENSE_API_URL: 'http://a,b' } })).toBe(
      'STACKSENSE_API_URL, address 2, must begin with http:// or https://.',
    )
  })
})

describe('the token', () => {
  const inUrl = { ...ENOUGH, STACKSENSE_API_URL: 'http://agent:url@a,http://b' }
  const filed = { files: { '/c': '{"token": "filed"}' }, path: '/c' }

  test.each<[string, Scene, (string | undefined)[]]>([
    ['of the environment', { env: { ...ENOUGH, STACKSENSE_TOKEN: 'env' } }, ['env']],
    ['in a file', { env: { ...ENOUGH, STACKSENSE_TOKEN_FILE: '/t' }, files: { '/t': 'secret\n' } }, ['secret']],
    [
      'in a file before one beside it',
      { env: { ...ENOUGH, STACKSENSE_TOKEN: 'env', STACKSENSE_TOKEN_FILE: '/t' }, files: { '/t': 's' } },
      ['s'],
    ],
    ['in the address', { env: inUrl }, ['url', undefined]],
    ['of the environment before that of the address', { env: { ...inUrl, STACKSENSE_TOKEN: 'env' } }, ['env', 'env']],
    ["of the address before the file's", { env: inUrl, ...filed }, ['url', 'filed']],
    [
      'in a file that the file names',
      { env: ENOUGH, files: { '/c': '{"token_file": "/t"}', '/t': 's' }, path: '/c' },
      ['s'],
    ],
  ])('%s', (_, scene, expected) => {
    expect(tokens(scene)).toEqual(expected)
  })

  test.each<[string, Scene]>([
    ['with a line break', { env: { ...ENOUGH, STACKSENSE_TOKEN: 'SECRET\r\nx-evil: 1' } }],
    ['with a space', { env: { ...ENOUGH, STACKSENSE_TOKEN: 'SECRET SECRET' } }],
    ['beyond ASCII', { env: { ...ENOUGH, STACKSENSE_TOKEN: 'SECRETé' } }],
    ['that is far too long', { env: { ...ENOUGH, STACKSENSE_TOKEN: 'SECRET'.repeat(100) } }],
    ['of two lines in a file', { env: { ...ENOUGH, STACKSENSE_TOKEN_FILE: '/t' }, files: { '/t': 'SECRET\nSECRET' } }],
    ['with a space in the address', { env: { ...ENOUGH, STACKSENSE_API_URL: 'http://a:SECRET%20@hub' } }],
  ])('%s is refused without being repeated', (_, scene) => {
    expect(problem(scene)).toMatch(/token/)
    expect(problem(scene)).not.toContain('SECRET')
  })
})

describe('a bad value is one sentence that names it', () => {
  const env = (changes: Record<string, string>): Scene => ({ env: { ...ENOUGH, ...changes } })
  const file = (text: string): Scene => ({ env: ENOUGH, files: { '/c': text }, path: '/c' })
  const seconds = 'must be a number of seconds, 1 to 86400, not'

  test.each<[Scene, string]>([
    [{}, 'STACKSENSE_SERVER_ID is not set: the number that the hub gave this server.'],
    [
      { env: { HOME: '/home/ann' } },
      `STACKSENSE_SERVER_ID (or "server_id" in ${HOME_FILE}) is not set: the number that the hub gave this server.`,
    ],
    [
      { env: { STACKSENSE_SERVER_ID: '1' } },
      "STACKSENSE_API_URL is not set: the hub's address, such as http://hub.example:4000.",
    ],
    [
      env({ STACKSENSE_SERVER_ID: 'web-1' }),
      'STACKSENSE_SERVER_ID must be a server\'s number, 1 to 2147483647, not "web-1".',
    ],
    [env({ STACKSENSE_SERVER_ID: '0' }), 'STACKSENSE_SERVER_ID must be a server\'s number, 1 to 2147483647, not "0".'],
    [
      env({ STACKSENSE_SERVER_ID: '2147483648' }),
      'STACKSENSE_SERVER_ID must be a server\'s number, 1 to 2147483647, not "2147483648".',
    ],
    [
      env({ STACKSENSE_SERVER_ID: '1.5' }),
      'STACKSENSE_SERVER_ID must be a server\'s number, 1 to 2147483647, not "1.5".',
    ],
    [env({ STACKSENSE_API_URL: 'hub' }), 'STACKSENSE_API_URL must begin with http:// or https://.'],
    [env({ STACKSENSE_API_URL: ' , ' }), 'STACKSENSE_API_URL holds no address.'],
    [env({ STACKSENSE_INTERVAL: '0' }), `STACKSENSE_INTERVAL ${seconds} "0".`],
    [env({ STACKSENSE_INTERVAL: '0.5' }), `STACKSENSE_INTERVAL ${seconds} "0.5".`],
    [env({ STACKSENSE_INTERVAL: '-1' }), `STACKSENSE_INTERVAL ${seconds} "-1".`],
    [env({ STACKSENSE_INTERVAL: '30s' }), `STACKSENSE_INTERVAL ${seconds} "30s".`],
    [env({ STACKSENSE_INTERVAL: '1e3' }), `STACKSENSE_INTERVAL ${seconds} "1e3".`],
    [env({ STACKSENSE_INTERVAL: '86401' }), `STACKSENSE_INTERVAL ${seconds} "86401".`],
    [env({ STACKSENSE_INTERVAL: 'NaN' }), `STACKSENSE_INTERVAL ${seconds} "NaN".`],
    [
      env({ STACKSENSE_METRICS_INTERVAL: 'off' }),
      'STACKSENSE_METRICS_INTERVAL must be a number of seconds, 1 to 86400, or 0 for none, not "off".',
    ],
    [env({ STACKSENSE_TOP_PROCESSES: '11' }), 'STACKSENSE_TOP_PROCESSES must be a number, 0 (none) to 10, not "11".'],
    [env({ STACKSENSE_PROTOCOL: 'soap' }), 'STACKSENSE_PROTOCOL must be "graphql" or "rest", not "soap".'],
    [env({ STACKSENSE_TOKEN_FILE: '/t' }), 'STACKSENSE_TOKEN_FILE names /t, which does not exist.'],
    [
      { ...env({ STACKSENSE_TOKEN_FILE: '/t' }), files: { '/t': '\n' } },
      'STACKSENSE_TOKEN_FILE names /t, which is empty.',
    ],
    [{ env: ENOUGH, path: '/c' }, '/c does not exist.'],
    [file('server_id = 1'), '/c is not valid JSON.'],
    [file(''), '/c is not valid JSON.'],
    [file('[1]'), '/c must hold one JSON object, such as {"server_id": 1, "api_url": "http://hub:4000"}.'],
    [file('null'), '/c must hold one JSON object, such as {"server_id": 1, "api_url": "http://hub:4000"}.'],
    [file('{"interval": true}'), '"interval" in /c must be a string or a number.'],
    [file('{"interval": "soon"}'), `"interval" in /c ${seconds} "soon".`],
    [file('{"token": ["a"]}'), '"token" in /c must be a string or a number.'],
  ])('%j: %s', (scene, sentence) => {
    expect(problem(scene)).toBe(sentence)
  })
})
