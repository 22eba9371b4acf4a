import { expect, test } from 'vitest'
import { createLog } from './log.ts'

function scene(options: { readable: boolean; secrets?: string[] }) {
  const lines: string[] = []
  const log = createLog({ level: 'info', ...options, output: { write: (line) => void lines.push(line) } })
  return { log, lines }
}

test('a program reads JSON', () => {
  const { log, lines } = scene({ readable: false })
  log.warn({ port: 4000 }, 'The port is open.')
  expect(JSON.parse(lines.join(''))).toMatchObject({
    level: 'warn',
    time: expect.stringMatching(/^\d{4}-.*Z$/),
    port: 4000,
    msg: 'The port is open.',
  })
})

test('a person reads a sentence', () => {
  const { log, lines } = scene({ readable: true })
  log.warn({ port: 4000, host: 'here' }, 'The port is open.')
  expect(lines.join('')).toMatch(/^\d\d:\d\d:\d\d warn {2}The port is open\. port=4000 host=here\n$/)
})

test.each([true, false])('a defect keeps its stack (readable: %s)', (readable) => {
  const { log, lines } = scene({ readable })
  log.error({ err: new Error('broken') }, 'A defect')
  expect(lines.join('')).toMatch(/broken.*log\.test\.ts/s)
})

test.each([true, false])('secrets are blotted out (readable: %s)', (readable) => {
  const bootstrap = 'any "string" of thirty-two characters'
  const { log, lines } = scene({ readable, secrets: [bootstrap] })
  log.error({ err: new Error(`no such token: ssk_${'a'.repeat(43)}`), given: bootstrap }, `ssa_${'b'.repeat(43)}`)
  expect(lines.join('')).toContain('ssk_…')
  expect(lines.join('')).not.toMatch(/aaaa|bbbb|thirty-two/)
})
