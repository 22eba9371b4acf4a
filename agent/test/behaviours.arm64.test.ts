import { describe } from 'vitest'
import { ARM64 } from './agent-process.ts'
import { describeBehaviours } from './behaviours.ts'
import { describeMeasuring } from './measuring.ts'

// `npm run test:agent` builds it first.
// The emulator is slow where much else runs: a beat may outlast its time-out, which is no fault of the agent's.
describe.runIf(process.env.STACKSENSE_TEST_NATIVE)('built natively', { retry: 2 }, () => {
  describeBehaviours(ARM64)
  describeMeasuring(ARM64)
})
