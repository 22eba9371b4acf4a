import { expect, test } from 'vitest'
import { agentCommands } from './agent-commands.ts'

const ways = agentCommands('https://hub.example', '7', 'ssa_secret')

test.each(ways)(
  '$name: address and token are filled in, the id where it is needed, nothing is left to be replaced',
  ({ commands }) => {
    const all = commands.map(({ code }) => code).join('\n')
    expect(all).toContain('https://hub.example')
    expect(all).toContain('ssa_secret')
    if (!all.includes('install.sh')) expect(all).toMatch(/\b7\b/)
    expect(all).not.toMatch(/TOKEN[^=]|undefined|NaN/)
  },
)

test('the first way needs the token alone: the hub knows whose it is', () => {
  expect(ways[0]?.commands[0]?.code).toBe(
    'curl -fsSL https://hub.example/install.sh | sudo sh -s -- --token ssa_secret',
  )
})
