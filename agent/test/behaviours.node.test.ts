import { NODE } from './agent-process.ts'
import { describeBehaviours } from './behaviours.ts'
import { describeMeasuring } from './measuring.ts'

describeBehaviours(NODE)
describeMeasuring(NODE)
