import { parseArgs } from 'node:util'

export const USAGE = `Simulates a fleet of servers against a running hub, listens to what the hub says, and judges it.

  npm run simulate -- --servers 1000 --interval 2 --offline-after 5 --silence 300

  --servers N        how many servers send heartbeats (100)
  --interval S       seconds between two heartbeats of a server (30)
  --offline-after S  the servers' own threshold, in whole seconds, 2 or more (twice the interval)
  --silence N        this many fall silent, spread over the fleet (0)
  --silence-after S  ... this long after the start (one interval and a second)
  --resume-after S   ... and come back this long after that (never)
  --duration S       how long to run (long enough to see all of the above)
  --grace S          a silence past its deadline by no more than this need not be told (1)
  --max-lag MS       also fail where the p99 from the deadline to being told is more than this
  --sockets N        how many connections carry the heartbeats (64)
  --url URL          the hub (STACKSENSE_API_URL, else the one of STACKSENSE_DATA_DIR on this machine)
  --token TOKEN      an admin token (STACKSENSE_TOKEN, else the one of STACKSENSE_DATA_DIR on this machine)
  --keep             leave the simulated servers in the hub at the end
  --json             print the result as JSON
  --help

Ends with 0 when the hub did nothing wrong, 1 when it did, 2 when the simulation could not be run.
`

export interface Options {
  readonly servers: number
  readonly intervalMs: number
  readonly offlineAfterSeconds: number
  readonly silence: number
  readonly silenceAfterMs: number
  /** Null: they stay silent. */
  readonly resumeAfterMs: number | null
  readonly durationMs: number
  readonly graceMs: number
  /** Null: any lag will do. */
  readonly maxLagMs: number | null
  readonly sockets: number
  readonly url: string | undefined
  readonly token: string | undefined
  readonly keep: boolean
  readonly json: boolean
}

/** A mistake of whoever called: one sentence, no stack. */
export class UsageError extends Error {}

/** How long the hub gets to tell what is due when the run ends, besides the grace. */
const LAST_WORDS_MS = 2_000
const DAY_SECONDS = 86_400

/** @returns what was asked for, or `help`. @throws UsageError */
export function readOptions(args: string[]): Options | 'help' {
  const values = parse(args)
  if (values.help) return 'help'

  const servers = numberIn(values, 'servers', 100, 1, 1_000_000, true)
  const interval = numberIn(values, 'interval', 30, 0.1, DAY_SECONDS)
  const offlineAfterSeconds = numberIn(
    values,
    'offline-after',
    Math.max(2, Math.ceil(interval * 2)),
    2,
    DAY_SECONDS,
    true,
  )
  const silence = numberIn(values, 'silence', 0, 0, servers, true)
  const silenceAfter = numberIn(values, 'silence-after', interval + 1, 0, DAY_SECONDS)
  const resumeAfter = values['resume-after'] === undefined ? null : numberIn(values, 'resume-after', 0, 0, DAY_SECONDS)
  const graceMs = numberIn(values, 'grace', 1, 0, 3_600) * 1_000

  const storyMs = (silence > 0 ? silenceAfter + (resumeAfter ?? offlineAfterSeconds) : offlineAfterSeconds) * 1_000
  const enoughMs = storyMs + interval * 1_000 + graceMs + LAST_WORDS_MS
  return {
    servers,
    intervalMs: interval * 1_000,
    offlineAfterSeconds,
    silence,
    silenceAfterMs: silenceAfter * 1_000,
    resumeAfterMs: resumeAfter === null ? null : resumeAfter * 1_000,
    durationMs: numberIn(values, 'duration', enoughMs / 1_000, 1, DAY_SECONDS) * 1_000,
    graceMs,
    maxLagMs: values['max-lag'] === undefined ? null : numberIn(values, 'max-lag', 0, 0, 3_600_000),
    sockets: numberIn(values, 'sockets', 64, 1, 10_000, true),
    url: values.url,
    token: values.token,
    keep: values.keep,
    json: values.json,
  }
}

function parse(args: string[]) {
  const text = { type: 'string' } as const
  const flag = { type: 'boolean', default: false } as const
  try {
    return parseArgs({
      args,
      options: {
        servers: text,
        interval: text,
        'offline-after': text,
        silence: text,
        'silence-after': text,
        'resume-after': text,
        duration: text,
        grace: text,
        'max-lag': text,
        sockets: text,
        url: text,
        token: text,
        keep: flag,
        json: flag,
        help: { ...flag, short: 'h' },
      },
    }).values
  } catch (error) {
    throw new UsageError((error as Error).message)
  }
}

type Values = ReturnType<typeof parse>
type TextKey = { [K in keyof Values]-?: Values[K] extends string | undefined ? K : never }[keyof Values]

function numberIn(values: Values, key: TextKey, usual: number, least: number, most: number, whole = false): number {
  const given = values[key]
  if (given === undefined) return usual
  const value = Number(given)
  if (given.trim() !== '' && value >= least && value <= most && (!whole || Number.isInteger(value))) return value
  throw new UsageError(`--${key} must be a ${whole ? 'whole ' : ''}number from ${least} to ${most}, not "${given}".`)
}
