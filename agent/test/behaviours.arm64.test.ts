import { describe } from 'vitest'
import { ARM64 } from './agent-process.ts'
import { describeBehaviours } from './behaviours.ts'

// `npm run test:agent` builds it first.
describe.runIf(process.env.STACKSENSE_TEST_NATIVE)('built natively', () => describeBehaviours(ARM64))
