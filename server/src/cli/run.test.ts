import { expect, test } from 'vitest'
import { COMMANDS, run } from './run.ts'

/** What a command line ends with and prints, where no hub is. */
async function runAlone(...args: string[]) {
  const out: string[] = []
  const err: string[] = []
  const code = await run(args, {
    version: '1.2.3',
    print: (text) => void out.push(text),
    complain: (text) => void err.push(text),
    hub: () => {
      throw new Error('No hub in this test')
    },
  })
  return { code, out: out.join('\n'), err: err.join('\n') }
}

test.each(COMMANDS.map(({ name }) => [name]))('%s --help says how it is used, and does nothing', async (name) => {
  for (const flag of ['--help', '-h']) {
    const { code, out, err } = await runAlone(...name.split(' '), flag)
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out).toMatch(new RegExp(`^Usage: stacksense ${name}`))
  }
})

test.each([[['--help']], [['-h']], [['help']], [['nonsense', '--help']]])('%j lists all commands', async (args) => {
  const { code, out } = await runAlone(...args)
  expect(code).toBe(0)
  for (const { name } of COMMANDS) expect(out).toContain(`  ${name} `)
})

test('a group lists its own commands', async () => {
  const { code, out } = await runAlone('token', '--help')
  expect(code).toBe(0)
  expect(out).toContain('token revoke')
  expect(out).not.toContain('server add')
})

test('the version is that of the package', async () => {
  expect(await runAlone('--version')).toEqual({ code: 0, out: '1.2.3', err: '' })
})

test.each([
  [[], 'A command is missing.'],
  [['reboot'], 'There is no command "reboot".'],
  [['server'], 'After "server" comes one of add, list, remove, rotate-token.'],
  [['server', 'explode'], 'After "server" comes one of add'],
  [['serve', 'now'], '"now" is one argument too many.'],
  [['server', 'add'], 'NAME is missing.'],
  [['server', 'add', 'a', '--offline-after', '1'], '--offline-after must be a whole number from 2 to 86400'],
  [['server', 'remove'], 'NAME|ID is missing.'],
  [['token', 'create', 'a', '--scope', 'root'], '--scope must be read, operate or admin, not "root".'],
  [['token', 'create', 'a', '--expires-at', 'soon'], '--expires-at must be like'],
  [['token', 'create', 'a', '--expires-at', '2027-01-31T12:00:00'], '--expires-at must be like'],
  [['check-heartbeats', '--warn-seconds', 'x'], '--warn-seconds must be a whole number'],
  [['check-heartbeats', '--loud'], "Unknown option '--loud'."],
])('%j is refused', async (args, sentence) => {
  const { code, out, err } = await runAlone(...args)
  expect({ code, out }).toEqual({ code: 2, out: '' })
  expect(err).toContain(sentence)
  expect(err.split('\n').at(-1)).toMatch(/^See: stacksense .*--help$/)
})

test('a defect ends with 2, not with what means that a server is not alive', async () => {
  const { code, err } = await runAlone('check-heartbeats')
  expect(code).toBe(2)
  expect(err).toContain('A defect: Error: No hub in this test')
})
