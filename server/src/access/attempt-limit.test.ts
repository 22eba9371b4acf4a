import { expect, test } from 'vitest'
import { AttemptLimit } from './attempt-limit.ts'

function scene() {
  const clock = { ms: 0 }
  const limit = new AttemptLimit(() => clock.ms)
  const fail = (address: string, times: number) => {
    for (let n = 0; n < times; n += 1) limit.begin(address)
  }
  return { clock, limit, fail }
}

test('ten failures pass, the next is held up until the minute is over', () => {
  const { clock, limit, fail } = scene()
  fail('10.0.0.1', 10)
  clock.ms = 15_000
  expect(() => limit.begin('10.0.0.1')).toThrow(
    expect.objectContaining({ code: 'RATE_LIMITED', details: { retryAfterSeconds: 45 } }),
  )
  clock.ms = 60_000
  expect(() => limit.begin('10.0.0.1')).not.toThrow()
})

test('what succeeds is not counted', () => {
  const { limit } = scene()
  for (let n = 0; n < 100; n += 1) {
    limit.begin('10.0.0.1')
    limit.giveBack('10.0.0.1')
  }
  expect(() => limit.begin('10.0.0.1')).not.toThrow()
})

test('another address is not held up', () => {
  const { limit, fail } = scene()
  fail('10.0.0.1', 10)
  expect(() => limit.begin('10.0.0.2')).not.toThrow()
})

test('addresses of one IPv6 network count together', () => {
  const { limit, fail } = scene()
  fail('2001:db8:1:2:aaaa::1', 10)
  expect(() => limit.begin('2001:db8:1:2:bbbb::9')).toThrow('Too many')
  expect(() => limit.begin('2001:db8:1:3::1')).not.toThrow()
})

test('memory stays bounded whoever tries', () => {
  const { limit } = scene()
  for (let n = 0; n < 20_000; n += 1) limit.begin(`address ${n}`)
  expect(limit.size).toBe(10_000)
})
