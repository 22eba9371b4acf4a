import type { Services } from './context.ts'
import { DateTime } from './date-time.ts'
import { agentInputIn, KnownOperation, type KnownRequest, type OperationAnswer } from './known-operation.ts'
import { type BeatEntry, MAX_ENTRIES, recordEntry } from './record-beat.ts'

/** A relay's heartbeats, word for word, as the guide to the API has them (`docs/api.md`, which a test compares). */
export const RECORD_HEARTBEATS =
  'mutation RecordHeartbeats($input: [HeartbeatInput!]!) { recordHeartbeats(input: $input) { serverId receipt { receivedAt } errorCode } }'

const OPERATION = new KnownOperation([RECORD_HEARTBEATS])

const FIELDS: ReadonlySet<string> = new Set([
  'serverId',
  'agentVersion',
  'bootId',
  'agentStartedAt',
  'retries',
  'sentAt',
])

/** Answers a relay's heartbeats: of a user who may operate, up to 2,000 well-formed entries. All else is Apollo's to answer. */
export function answerRelayOperation(
  services: Pick<Services, 'writer' | 'access' | 'log'>,
  request: KnownRequest,
): Promise<OperationAnswer> | undefined {
  if (request.caller.kind !== 'user' || request.caller.scope === 'read') return undefined
  const entries = readEntries(request.body)
  if (!entries) return undefined

  const context = { services, caller: request.caller, arrivedAtMs: request.arrivedAtMs }
  return Promise.all(entries.map((entry) => recordEntry(context, entry))).then((results) => {
    const data = results.map(({ serverId, receipt, errorCode }) => ({
      serverId,
      receipt: receipt && { receivedAt: DateTime.serialize(receipt.receivedAt) },
      errorCode,
    }))
    return OPERATION.succeeded(JSON.stringify(data))
  })
}

function readEntries(body: Buffer): BeatEntry[] | undefined {
  const input = OPERATION.read(body)?.variables.input
  if (!Array.isArray(input) || input.length > MAX_ENTRIES) return undefined
  try {
    return input.map(readEntry)
  } catch {
    return undefined
  }
}

/** @throws where it is not an entry as the schema has it, or spells its id as a number */
function readEntry(entry: Readonly<Record<string, unknown>>): BeatEntry {
  for (const key in entry) if (!FIELDS.has(key)) throw new Error('An unknown field')
  if (typeof entry.serverId !== 'string') throw new Error('Not a string')
  return { serverId: entry.serverId, ...agentInputIn(entry) }
}
