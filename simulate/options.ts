import { parseArgs } from 'node:util'
import type { Weather } from './lossy-network.ts'

export const USAGE = `Simulates a fleet of servers against running hubs, listens to what they say, and judges it.

  npm run simulate -- --servers 1000 --interval 2 --offline-after 5 --silence 300

  --servers N        how many servers send heartbeats (100)
  --interval S       seconds between two heartbeats of a server (30)
  --offline-after S  the servers' own threshold, in whole seconds, 2 or more (twice the interval)
  --ramp N           the fleet begins within this many intervals (1)
  --silence N        this many, or N%, fall silent, spread over the fleet (0)
  --silence-after S  ... this long after the start (the ramp and a second)
  --resume-after S   ... and come back this long after that (never)
  --flap N           this many, or N%, come and go all the time (0)
  --lossy N          this many, or N%, are on a bad line (0)
  --loss P           ... which loses this share of what it carries, in percent (1)
  --delay MS         ... and takes up to this much longer each way (0)
  --stampede-after S all servers speak at once, this long after the start (never)
  --subscribers N    so many more subscribers, each of which must be told everything, once and in order (0)
  --scenario NAME    steady, silence, flapping, lossy or stampede: sensible values for the above
  --duration S       how long to run (long enough to see all of the above)
  --grace S          a silence past its deadline by no more than this need not be told (1)
  --patience S       what is not told yet at the end may still come for so long (0)
  --max-lag MS       also fail where the p99 from the deadline to being told is more than this
  --sockets N        how many connections to each hub carry the heartbeats (64, or a hundredth of the servers, up to 1000)
  --url URL          the hub, or several separated by commas
                     (STACKSENSE_API_URL, else the one of STACKSENSE_DATA_DIR on this machine)
  --token TOKEN      an admin token (STACKSENSE_TOKEN, else the one of STACKSENSE_DATA_DIR on this machine)
  --keep             leave the simulated servers in the hub at the end
  --json             print the result as JSON
  --help

Of several hubs each server keeps to one, and goes to the next when that does not answer. To see a restart of hubs, all at
once or one after another, restart them while this runs.

Ends with 0 when the hub did nothing wrong, 1 when it did, 2 when the simulation could not be run.
`

export interface Options {
  readonly servers: number
  readonly intervalMs: number
  readonly offlineAfterSeconds: number
  /** The servers send their first heartbeats within so many intervals, evenly. */
  readonly rampIntervals: number
  readonly silence: number
  readonly silenceAfterMs: number
  /** Null: they stay silent. */
  readonly resumeAfterMs: number | null
  readonly flap: number
  readonly weather: Weather
  /** Null: never. */
  readonly stampedeAfterMs: number | null
  readonly subscribers: number
  readonly durationMs: number
  readonly graceMs: number
  readonly patienceMs: number
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

/** How often those that come and go are seen to, unless the run is given another length. */
const FLAPS = 3

/** What a scenario sets, unless it is set by itself. */
const SCENARIOS: Readonly<Record<string, Partial<Record<TextKey, string>>>> = {
  steady: {},
  silence: { silence: '30%' },
  flapping: { flap: '20%' },
  lossy: { lossy: '30%', loss: '5', delay: '200' },
  stampede: { 'stampede-after': '5' },
}

/** @returns what was asked for, or `help`. @throws UsageError */
export function readOptions(args: string[]): Options | 'help' {
  const values = withScenario(parse(args))
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
  const rampIntervals = numberIn(values, 'ramp', 1, 1, 1_000, true)
  const rampSeconds = rampIntervals * interval
  const silence = countIn(values, 'silence', servers)
  const flap = countIn(values, 'flap', servers)
  const silenceAfter = numberIn(values, 'silence-after', rampSeconds + 1, 0, DAY_SECONDS)
  const resumeAfter = values['resume-after'] === undefined ? null : numberIn(values, 'resume-after', 0, 0, DAY_SECONDS)
  const graceMs = numberIn(values, 'grace', 1, 0, 3_600) * 1_000

  const stampedeAfter =
    values['stampede-after'] === undefined ? null : numberIn(values, 'stampede-after', 0, 0, DAY_SECONDS)
  const storySeconds = Math.max(
    rampSeconds - interval + offlineAfterSeconds,
    silence > 0 ? silenceAfter + (resumeAfter ?? offlineAfterSeconds) : 0,
    flap > 0 ? silenceAfter + FLAPS * (1.5 * offlineAfterSeconds + 1.5 * interval) : 0,
    (stampedeAfter ?? 0) + offlineAfterSeconds,
  )
  const enoughMs = (storySeconds + interval) * 1_000 + graceMs + LAST_WORDS_MS
  return {
    servers,
    intervalMs: interval * 1_000,
    offlineAfterSeconds,
    rampIntervals,
    silence,
    flap,
    weather: {
      share: countIn(values, 'lossy', servers) / servers,
      loss: numberIn(values, 'loss', 1, 0, 100) / 100,
      delayMs: numberIn(values, 'delay', 0, 0, 60_000),
    },
    stampedeAfterMs: stampedeAfter === null ? null : stampedeAfter * 1_000,
    subscribers: numberIn(values, 'subscribers', 0, 0, 10_000, true),
    silenceAfterMs: silenceAfter * 1_000,
    resumeAfterMs: resumeAfter === null ? null : resumeAfter * 1_000,
    durationMs: numberIn(values, 'duration', enoughMs / 1_000, 1, DAY_SECONDS) * 1_000,
    graceMs,
    patienceMs: numberIn(values, 'patience', 0, 0, 3_600) * 1_000,
    maxLagMs: values['max-lag'] === undefined ? null : numberIn(values, 'max-lag', 0, 0, 3_600_000),
    sockets: numberIn(values, 'sockets', socketsFor(servers), 1, 10_000, true),
    url: values.url,
    token: values.token,
    keep: values.keep,
    json: values.json,
  }
}

/** Real agents have one each; a batch of the hub's holds no more than what is under way at once. */
function socketsFor(servers: number): number {
  return Math.min(1_000, Math.max(64, Math.round(servers / 100)))
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
        ramp: text,
        silence: text,
        'silence-after': text,
        'resume-after': text,
        flap: text,
        lossy: text,
        loss: text,
        delay: text,
        'stampede-after': text,
        subscribers: text,
        scenario: text,
        patience: text,
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

function withScenario(values: Values): Values {
  if (values.scenario === undefined) return values
  const scenario = Object.hasOwn(SCENARIOS, values.scenario) ? SCENARIOS[values.scenario] : undefined
  if (scenario) return { ...scenario, ...values }
  throw new UsageError(`--scenario must be one of ${Object.keys(SCENARIOS).join(', ')}, not "${values.scenario}".`)
}

/** So many of the servers, or so many percent of them. */
function countIn(values: Values, key: TextKey, servers: number): number {
  const share = /^(\d+(?:\.\d+)?)%$/.exec(values[key] ?? '')?.[1]
  if (share === undefined) return numberIn(values, key, 0, 0, servers, true)
  if (Number(share) <= 100) return Math.round((servers * Number(share)) / 100)
  throw new UsageError(`--${key} must be at most 100%, not "${values[key]}".`)
}

function numberIn(values: Values, key: TextKey, usual: number, least: number, most: number, whole = false): number {
  const given = values[key]
  if (given === undefined) return usual
  const value = Number(given)
  if (given.trim() !== '' && value >= least && value <= most && (!whole || Number.isInteger(value))) return value
  throw new UsageError(`--${key} must be a ${whole ? 'whole ' : ''}number from ${least} to ${most}, not "${given}".`)
}
