/**
 * When to beat. All instants are monotonic milliseconds.
 *
 * The rate is fixed: slot n begins at origin + n × interval, whatever the work of earlier slots took. One slot is one
 * heartbeat, tried again inside its slot until it is delivered. A slot that was slept through is not made up for.
 */
export interface Schedule {
  readonly originMs: number
  readonly intervalMs: number
}

/** Where the design's figures hold; for another interval they scale with it. */
const REFERENCE_INTERVAL_MS = 30_000

/**
 * When a heartbeat that was not delivered is tried again, after its first attempt, for an interval of 30 s.
 *
 * The last one is there for bad networks: at 5 % loss, 1,000 agents lose all of five attempts once a day, all of six once in three weeks.
 */
const RETRIES_AT_REFERENCE_MS = [2_000, 6_000, 13_000, 22_000, 26_000]

/** How far a retry may lie from its nominal time, as a fraction of it: agents that failed together should not return together. */
const RETRY_JITTER = 0.05

const MAX_TIMEOUT_MS = 5_000

/**
 * A schedule whose slot 0 is already running at `startedAtMs` and whose slot 1 begins anywhere within one interval.
 *
 * So an agent beats as soon as it starts, and a fleet that was started together is spread out from its second beat on.
 *
 * @param spread at least 0, less than 1.
 */
export function startSchedule(startedAtMs: number, intervalMs: number, spread: number): Schedule {
  return { originMs: startedAtMs - spread * intervalMs, intervalMs }
}

/** The slot that is running at this instant: slotStart(slot) <= now < slotStart(slot + 1), to the last bit. */
export function slotAt(schedule: Schedule, nowMs: number): number {
  const slot = Math.floor((nowMs - schedule.originMs) / schedule.intervalMs)
  // The division may round across the boundary. Whoever slept until a slot began must find himself in it.
  if (nowMs >= slotStart(schedule, slot + 1)) return slot + 1
  return nowMs < slotStart(schedule, slot) ? slot - 1 : slot
}

export function slotStart(schedule: Schedule, slot: number): number {
  return schedule.originMs + slot * schedule.intervalMs
}

/** How long an attempt may take. */
export function timeoutMs(intervalMs: number): number {
  return Math.min(MAX_TIMEOUT_MS, intervalMs / 6)
}

/**
 * How long an attempt may take that begins at `nowMs` in a slot that ends at `slotEndMs`; undefined when it is not worth beginning.
 *
 * It must not reach into the next slot, whose own beat would wait for it.
 */
export function timeoutWithin(intervalMs: number, nowMs: number, slotEndMs: number): number | undefined {
  const usual = timeoutMs(intervalMs)
  const left = slotEndMs - nowMs
  return left < usual / 3 ? undefined : Math.min(usual, left)
}

/** The instants at which a beat first tried at `begunAtMs` is tried again. */
export function retryTimes(begunAtMs: number, intervalMs: number, random: () => number): number[] {
  const scale = intervalMs / REFERENCE_INTERVAL_MS
  return RETRIES_AT_REFERENCE_MS.map((delay) => begunAtMs + delay * scale * (1 + RETRY_JITTER * (2 * random() - 1)))
}

/** How long a refused agent goes without trying, in slots and in time: whichever is less. */
const MAX_PATIENCE_SLOTS = 10
const MAX_PATIENCE_MS = 300_000

/**
 * After how many slots a refused heartbeat is tried again: 1, 2, 4, 8, 10, 10 …, but within five minutes.
 *
 * A wrong token does not mend by itself, yet a hub or a proxy can be set right without anybody touching the agent.
 *
 * @param refusedSlots how many slots in a row ended in a refusal; at least 1.
 */
export function slotsUntilNextTry(refusedSlots: number, intervalMs: number): number {
  const inTime = Math.max(1, Math.floor(MAX_PATIENCE_MS / intervalMs))
  return Math.min(2 ** (refusedSlots - 1), MAX_PATIENCE_SLOTS, inTime)
}

/** The least time between the beginnings of two attempts of one slot, however late they are. */
export function leastSpacingMs(intervalMs: number): number {
  return timeoutMs(intervalMs) / 4
}
