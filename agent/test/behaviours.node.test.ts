import { NODE } from './agent-process.ts'
import { describeBehaviours } from './behaviours.ts'

describeBehaviours(NODE)
