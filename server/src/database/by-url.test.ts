import { expect, test } from 'vitest'
import { complaintAbout } from './by-url.ts'

const GOOD = { version: '15.0', number: 150_000, encoding: 'UTF8', replica: false }

test.each([
  [{}, undefined],
  [{ version: '14.19', number: 140_019 }, 'is version 14.19; StackSense needs 15 or newer.'],
  [{ encoding: 'SQL_ASCII' }, 'holds a database with encoding SQL_ASCII; StackSense needs UTF8.'],
  [{ replica: true }, 'is a read-only replica; StackSense needs the primary.'],
])('a PostgreSQL with %o: %s', (difference, complaint) => {
  expect(complaintAbout({ ...GOOD, ...difference })).toBe(complaint)
})
