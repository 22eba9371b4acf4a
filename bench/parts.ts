import type { Part } from './part.ts'
import { batches } from './parts/batches.ts'
import { deadline } from './parts/deadline.ts'
import { deadlineHubs } from './parts/deadline-hubs.ts'
import { fanOut } from './parts/fan-out.ts'
import { history } from './parts/history.ts'
import { peer } from './parts/peer.ts'
import { protocols } from './parts/protocols.ts'
import { queries } from './parts/queries.ts'
import { rest, restEmbedded } from './parts/rest.ts'
import { simulation, simulationEmbedded } from './parts/simulation.ts'
import { strips } from './parts/strips.ts'

/** All there is to measure, in the order in which it is measured and told. */
export const PARTS: readonly Part[] = [
  rest,
  restEmbedded,
  protocols,
  batches,
  fanOut,
  deadline,
  deadlineHubs,
  queries,
  strips,
  history,
  peer,
  simulation,
  simulationEmbedded,
]
