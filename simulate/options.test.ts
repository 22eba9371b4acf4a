import { expect, test } from 'vitest'
import { type Options, readOptions, UsageError } from './options.ts'

function optionsOf(line: string): Options {
  const options = readOptions(line.split(' ').filter(Boolean))
  if (options === 'help') throw new Error('help')
  return options
}

test('without a word it is a fleet of 100 that lives', () => {
  expect(optionsOf('')).toMatchObject({
    servers: 100,
    intervalMs: 30_000,
    offlineAfterSeconds: 60,
    silence: 0,
    keep: false,
  })
})

test('the run is long enough for what is to be seen', () => {
  expect(optionsOf('--interval 2 --offline-after 5 --silence 10').durationMs).toBe((3 + 5 + 2 + 1 + 2) * 1_000)
  expect(optionsOf('--interval 2 --offline-after 5 --silence 10 --resume-after 20').durationMs).toBe(
    (3 + 20 + 2 + 1 + 2) * 1_000,
  )
  expect(optionsOf('--interval 2 --offline-after 5 --duration 4').durationMs).toBe(4_000)
})

test('a fleet that begins slowly is given the time for it', () => {
  const options = optionsOf('--interval 2 --offline-after 5 --ramp 3 --silence 10')
  expect(options).toMatchObject({ silenceAfterMs: 7_000, durationMs: (7 + 5 + 2 + 1 + 2) * 1_000 })
  expect(optionsOf('--interval 2 --offline-after 5 --ramp 3').durationMs).toBe((4 + 5 + 2 + 1 + 2) * 1_000)
})

test('the threshold follows the interval, and is never below what the hub takes', () => {
  expect(optionsOf('--interval 0.5').offlineAfterSeconds).toBe(2)
  expect(optionsOf('--interval 4.2').offlineAfterSeconds).toBe(9)
})

test('so many percent of the servers, and scenarios, are understood', () => {
  expect(optionsOf('--servers 1000 --silence 30% --flap 1.5%')).toMatchObject({ silence: 300, flap: 15 })
  expect(optionsOf('--servers 1000 --scenario silence')).toMatchObject({ silence: 300, flap: 0 })
  expect(optionsOf('--scenario lossy --loss 50').weather).toEqual({ share: 0.3, loss: 0.5, delayMs: 200 })
})

test.each(['--help', '-h'])('%s asks for help', (flag) => {
  expect(readOptions([flag])).toBe('help')
})

test.each([
  '--servers 0',
  '--servers 1.5',
  '--servers many',
  '--servers=',
  '--offline-after 1',
  '--offline-after 2.5',
  '--offline-after 86401',
  '--interval -1',
  '--servers 10 --silence 11',
  '--duration Infinity',
  '--silence 101%',
  '--scenario unknown',
  '--unknown',
  'word',
])('%s is a mistake, said in one sentence', (line) => {
  expect(() => optionsOf(line)).toThrow(UsageError)
})
