import { expect, test } from 'vitest'
import { agentCommands } from './agent-commands.ts'

const ways = agentCommands('https://hub.example', '7', 'ssa_secret')

test.each(ways)('$name: address, id and token are filled in, nothing is left to be replaced', ({ commands }) => {
  const all = commands.map(({ code }) => code).join('\n')
  expect(all).toContain('https://hub.example')
  expect(all).toContain('ssa_secret')
  expect(all).toMatch(/\b7\b/)
  expect(all).not.toMatch(/TOKEN[^=]|undefined|NaN/)
})

test('the service has its configuration in a file that only it may read, before the token is in it', () => {
  const systemd = ways.find(({ name }) => name === 'systemd')?.commands[0]?.code ?? ''
  const made = systemd.indexOf('install -m 600 -o stacksense-agent /dev/null')
  const written = systemd.indexOf('"token":"ssa_secret"')
  expect(made).toBeGreaterThan(-1)
  expect(written).toBeGreaterThan(made)
})
