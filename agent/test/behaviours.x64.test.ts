import { describe } from 'vitest'
import { X64 } from './agent-process.ts'
import { describeBehaviours } from './behaviours.ts'
import { describeMeasuring } from './measuring.ts'

// `npm run test:agent` builds it first.
describe.runIf(process.env.STACKSENSE_TEST_NATIVE)('built natively', () => {
  describeBehaviours(X64)
  describeMeasuring(X64)
})
