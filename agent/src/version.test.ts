import { expect, test } from 'vitest'
import manifest from '../package.json' with { type: 'json' }
import { VERSION } from './version.ts'

test("the agent's version is its package's", () => {
  expect(VERSION).toBe(manifest.version)
})
