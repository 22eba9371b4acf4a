import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Hub, parseHubUrl, showHub } from './hub-url.ts'

const PLAIN: Hub = { secure: false, host: 'hub', port: 80, basePath: '', token: undefined }

describe('an address', () => {
  test.each<[string, Partial<Hub>]>([
    ['http://hub', {}],
    ['http://hub/', {}],
    ['HTTP://Hub', {}],
    ['https://hub', { secure: true, port: 443 }],
    ['http://hub:4000', { port: 4000 }],
    ['http://hub:4000/', { port: 4000 }],
    ['http://hub/graphql', {}],
    ['http://hub/graphql/', {}],
    ['http://hub/monitor', { basePath: '/monitor' }],
    ['http://hub/monitor//', { basePath: '/monitor' }],
    ['http://hub/monitor/graphql', { basePath: '/monitor' }],
    ['http://hub/a%20b', { basePath: '/a%20b' }],
    ['http://hub-1.example.com', { host: 'hub-1.example.com' }],
    ['http://my_hub', { host: 'my_hub' }],
    ['http://10.0.0.1:1', { host: '10.0.0.1', port: 1 }],
    ['http://[::1]:4000', { host: '::1', port: 4000 }],
    ['http://agent:TOKEN@hub', { token: 'TOKEN' }],
    ['http://:TOKEN@hub', { token: 'TOKEN' }],
    ['http://agent:a%2Fb%40c@hub', { token: 'a/b@c' }],
    ['http://agent:100%@hub', { token: '100%' }],
    ['http://agent:a:b@hub', { token: 'a:b' }],
    ['http://@hub', {}],
  ])('%s is understood', (address, parts) => {
    expect(parseHubUrl(address)).toEqual({ kind: 'hub', hub: { ...PLAIN, ...parts } })
  })

  test.each([
    ['hub:4000', 'must begin with http:// or https://'],
    ['ftp://hub', 'must begin with http:// or https://'],
    ['//hub', 'must begin with http:// or https://'],
    ['http://', 'is not an address'],
    ['http:///path', 'is not an address'],
    ['http://hub:', 'is not an address'],
    ['http://hub:port', 'is not an address'],
    ['http://ein hub', 'is not an address'],
    ['http://büro.example', 'is not an address'],
    ['http://::1', 'is not an address'],
    ['http://hub:0', 'port that is not between'],
    ['http://hub:65536', 'port that is not between'],
    ['http://hub?x=1', 'must not have a "?"'],
    ['http://hub/#x', 'must not have a "?"'],
    ['http://hub/a b', 'has a space'],
    ['http://agent@hub', 'no password'],
    ['http://agent:@hub', 'no password'],
    ['http://agent:1/2@hub', 'such a sign in a password is written %2F'],
  ])('%s is not: it %s', (address, problem) => {
    expect(parseHubUrl(address)).toEqual({ kind: 'bad', problem: expect.stringContaining(problem) })
  })

  test('never shows its password, nor repeats it in a problem', () => {
    fc.assert(
      fc.property(
        fc.stringMatching(/^[a-z?#%/@ ]{0,5}SECRET[a-z?#%/@ ]{0,5}$/),
        fc.constantFrom('hub', '', 'h b'),
        (secret, name) => {
          const parsed = parseHubUrl(`http://agent:${secret}@${name}`)
          const shown = parsed.kind === 'bad' ? parsed.problem : showHub(parsed.hub)
          expect(shown).not.toContain('SECRET')
        },
      ),
    )
  })

  test.each(['http://hub', 'https://hub', 'http://hub:4000', 'https://hub:80/monitor', 'http://[::1]:4000'])(
    'shown is %s',
    (address) => {
      const parsed = parseHubUrl(address)
      expect(parsed.kind === 'hub' && showHub(parsed.hub)).toBe(address)
    },
  )
})
