import { describe, expect, test } from 'vitest'
import { ACCEPTED, answer, graphqlError, REFUSED, VirtualHost } from '../test/virtual-host.ts'
import { main } from './main.ts'

function hostWith(args: string[], env: Record<string, string> = {}): VirtualHost {
  const host = new VirtualHost()
  host.arguments = args
  const all = {
    STACKSENSE_SERVER_ID: '12',
    STACKSENSE_API_URL: 'http://a:4000',
    STACKSENSE_TOKEN: 'ssa_secret',
    ...env,
  }
  for (const [name, value] of Object.entries(all)) host.variables.set(name, value)
  return host
}

/** The exit code, or what it still does after a minute. */
async function codeOf(host: VirtualHost): Promise<number | 'running'> {
  let code: number | 'running' = 'running'
  void main(host).then((value) => {
    code = value
  })
  await host.runUntil(60_000)
  return code
}

describe('the command line', () => {
  test.each([
    [['--help'], /^stacksense-agent tells .*\n\nUsage/],
    [['-h', '--once'], /Usage/],
    [['--version'], /^\d+\.\d+\.\d+$/],
    [['--once', '-V'], /^\d+\.\d+\.\d+$/],
  ])('%j prints and ends', async (args, text) => {
    const host = hostWith(args)
    expect(await codeOf(host)).toBe(0)
    expect(host.printed.join('\n')).toMatch(text)
    expect(host.sent).toEqual([])
  })

  test.each([
    [['--onec'], 'stacksense-agent: there is no argument "--onec"; --help lists what there is.'],
    [['web-1'], 'stacksense-agent: there is no argument "web-1"; --help lists what there is.'],
    [['--config'], 'stacksense-agent: --config needs the path of a file; --help lists what there is.'],
    [['--config='], 'stacksense-agent: --config needs the path of a file; --help lists what there is.'],
    [['--config', '/c'], 'stacksense-agent: /c does not exist.'],
    [['--config=/c', '--once'], 'stacksense-agent: /c does not exist.'],
  ])('%j ends with 2 and one sentence', async (args, sentence) => {
    const host = hostWith(args)
    expect(await codeOf(host)).toBe(2)
    expect(host.lines).toEqual([sentence])
  })

  test('a bad variable ends with 2 and one sentence', async () => {
    const host = hostWith([], { STACKSENSE_INTERVAL: 'often' })
    expect(await codeOf(host)).toBe(2)
    expect(host.lines).toHaveLength(1)
  })
})

describe('--once', () => {
  test('ends with 0 when the heartbeat is delivered', async () => {
    const host = hostWith(['--once'])
    expect(await codeOf(host)).toBe(0)
    expect(host.sent).toHaveLength(1)
    expect(host.printed).toEqual(['The heartbeat of server 12 was delivered to http://a:4000.'])
    expect(host.lines).toEqual([])
  })

  test('tries three times within seconds, then ends with 1', async () => {
    const host = hostWith(['--once'])
    host.hub = () => ({ result: REFUSED, afterMs: 20 })
    expect(await codeOf(host)).toBe(1)
    expect(host.sentAt).toEqual([0, 2_000, 6_000])
    expect(host.lines).toHaveLength(1)
    expect(host.lines[0]).toContain('was not delivered: http://a:4000 refuses the connection')
  })

  test('does not take longer where the interval is long', async () => {
    const host = hostWith(['--once'], { STACKSENSE_INTERVAL: '86400' })
    host.hub = () => ({ result: REFUSED, afterMs: 20 })
    expect(await codeOf(host)).toBe(1)
    expect(host.sentAt).toEqual([0, 2_000, 6_000])
  })

  test('does not repeat what was refused', async () => {
    const host = hostWith(['--once'])
    host.hub = () => ({ result: graphqlError('UNAUTHENTICATED'), afterMs: 20 })
    expect(await codeOf(host)).toBe(1)
    expect(host.sent).toHaveLength(1)
  })

  test('asks the next hub', async () => {
    const host = hostWith(['--once'], { STACKSENSE_API_URL: 'http://a,http://b' })
    host.hub = (request) => ({ result: request.host === 'b' ? ACCEPTED : answer(500, ''), afterMs: 20 })
    expect(await codeOf(host)).toBe(0)
    expect(host.printed).toEqual(['The heartbeat of server 12 was delivered to http://b.'])
  })
})

describe('the service', () => {
  test('says what it is going to do, runs, and ends with 0 at once when told to', async () => {
    const host = hostWith([], { STACKSENSE_METRICS_INTERVAL: '0' })
    host.hub = () => ({ result: ACCEPTED, afterMs: 4_000 })
    let code: number | undefined
    void main(host).then((value) => {
      code = value
    })
    await host.runUntil(1_000)
    host.signal('SIGTERM')
    await host.runUntil(1_001)
    expect(code).toBe(0)
    expect(host.lines).toEqual([
      'stacksense-agent 0.1.0: server 12, a heartbeat every 30 s to http://a:4000.',
      'Stopped by SIGTERM.',
    ])
  })

  test('never shows its token', async () => {
    const host = hostWith([], { STACKSENSE_API_URL: 'http://agent:ssa_other@a,http://b' })
    host.hub = (_, now) => ({ result: now < 20_000 ? graphqlError('UNAUTHENTICATED', 'ssa') : ACCEPTED, afterMs: 20 })
    expect(await codeOf(host)).toBe('running')
    expect(host.lines.join('\n')).not.toMatch(/ssa_/)
  })
})
