import type { Part } from './part.ts'
import { batches } from './parts/batches.ts'
import { history } from './parts/history.ts'
import { protocols } from './parts/protocols.ts'
import { rest, restEmbedded } from './parts/rest.ts'

/** All there is to measure, in the order in which it is measured and told. */
export const PARTS: readonly Part[] = [rest, restEmbedded, protocols, batches, history]
