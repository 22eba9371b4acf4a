import type { Caller } from '../access/caller.ts'
import type { AccessRules } from '../access/permissions.ts'
import { FAREWELL_REASONS, type FarewellReason, type ServerId } from '../core/types.ts'
import { Refusal } from '../errors.ts'
import { recordFarewell } from '../store/farewells.ts'
import type { Store } from '../store/store.ts'
import { jsonObjectIn, serverIdIn, unknownServer } from './rest.ts'

/** Who expects to be away for longer than a day had better be suspended. */
const MAX_BACK_SECONDS = 86_400

export interface FarewellAnswer {
  readonly status: 'ok'
  readonly server_id: ServerId
  readonly reason: FarewellReason
  readonly expected_back_at: string | null
}

export interface FarewellCall {
  readonly caller: Caller
  /** As it stands in the address. */
  readonly id: string
  readonly body: Buffer | undefined
}

/**
 * Records a goodbye that came by the REST shim: `{"reason": "reboot", "expected_back_in_seconds": 300}`, both optional.
 *
 * @throws Refusal UNAUTHENTICATED, FORBIDDEN, SERVER_NOT_FOUND, BAD_USER_INPUT, UNAVAILABLE
 */
export async function receiveFarewell(rules: AccessRules, store: Store, call: FarewellCall): Promise<FarewellAnswer> {
  const serverId = serverIdIn(call.id)
  rules.require(call.caller, 'POST /api/farewell/:id', serverId)
  if (serverId === 0) throw unknownServer()

  const body = jsonObjectIn(call.body)
  const backIn = cleanBackIn(body.expected_back_in_seconds, 'expected_back_in_seconds')
  const farewell = await recordFarewell(store, serverId, cleanReason(body.reason), backIn)
  return {
    status: 'ok',
    server_id: serverId,
    reason: farewell.reason,
    expected_back_at: farewell.expectedBackAt === null ? null : new Date(farewell.expectedBackAt).toISOString(),
  }
}

/** @throws Refusal BAD_USER_INPUT for anything but a whole number of seconds within a day, or nothing */
export function cleanBackIn(seconds: unknown, field: string): number | null {
  if (seconds === undefined || seconds === null) return null
  if (Number.isInteger(seconds) && (seconds as number) >= 0 && (seconds as number) <= MAX_BACK_SECONDS) {
    return seconds as number
  }
  throw new Refusal('BAD_USER_INPUT', `${field} is not a whole number of seconds, 0 to ${MAX_BACK_SECONDS}.`, { field })
}

/** In either case; without one the service was stopped. */
function cleanReason(reason: unknown): FarewellReason {
  if (reason === undefined || reason === null) return 'STOPPED'
  const found = typeof reason === 'string' && FAREWELL_REASONS.find((known) => known === reason.toUpperCase())
  if (found) return found
  throw new Refusal('BAD_USER_INPUT', 'reason is none of stopped, shutdown and reboot.', { field: 'reason' })
}
