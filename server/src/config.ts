import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { StartError } from './errors.ts'

/** `true`, `1`, `yes`, `on` or their opposites. */
const flag = z.stringbool()

const Env = z.object({
  PORT: z.coerce.number().int().min(0).max(65_535).default(4000),
  STACKSENSE_HOST: z.string().default('0.0.0.0'),
  STACKSENSE_PUBLIC_URL: z.url({ protocol: /^https?$/ }).optional(),
  // Not z.url(): it refuses socket paths.
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'must begin with postgres:// or postgresql://')
    .optional(),
  STACKSENSE_DATA_DIR: z.string().optional(),
  STACKSENSE_HUB_NAME: z.string().max(100, 'must have 100 characters at most').optional(),
  STACKSENSE_BOOTSTRAP_TOKEN: z.string().min(32, 'must have 32 characters or more').optional(),
  STACKSENSE_OPEN_INGEST: flag.default(false),
  STACKSENSE_LOCAL_AGENT: flag.default(true),
  STACKSENSE_MAX_WAITING_HEARTBEATS: z.coerce.number().int().min(1).max(1_000_000).default(20_000),
  STACKSENSE_MAX_SOCKETS: z.coerce.number().int().min(1).max(1_000_000).default(10_000),
  STACKSENSE_MAX_SOCKETS_PER_CALLER: z.coerce.number().int().min(1).max(1_000_000).default(2_000),
  STACKSENSE_METRICS_DAYS: z.coerce.number().int().min(2).max(400).default(2),
  STACKSENSE_METRICS_5MIN_DAYS: z.coerce.number().int().min(2).max(400).default(30),
  STACKSENSE_METRICS_HOUR_DAYS: z.coerce.number().int().min(2).max(4_000).default(730),
  STACKSENSE_EVENT_DAYS: z.coerce.number().int().min(90).max(4_000).default(400),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
})

/** Where the data goes when root runs the hub below a folder that nobody else may enter. */
export const SYSTEM_DATA_DIR = '/var/lib/stacksense'

/** Variables that may also be given as `NAME_FILE`, the path of a file that holds the value. */
const NAMES = Object.keys(Env.shape)

export type Config = ReturnType<typeof readConfig>

/**
 * Reads the whole environment once, at start. Nothing else in the program reads it.
 *
 * @throws StartError with one line for each variable that is wrong.
 */
export function readConfig(env: NodeJS.ProcessEnv) {
  // An empty variable counts as unset; zod would read an empty PORT as 0.
  const given = Object.fromEntries(NAMES.map((name) => [name, valueGiven(env, name)]).filter(([, value]) => value))
  const parsed = Env.safeParse(given)
  if (!parsed.success) {
    throw new StartError(parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('\n'))
  }

  const values = parsed.data
  return Object.freeze({
    port: values.PORT,
    host: values.STACKSENSE_HOST,
    publicUrl: values.STACKSENSE_PUBLIC_URL?.replace(/\/+$/, ''),
    databaseUrl: values.DATABASE_URL,
    /** Undefined: the database folder picks its default. */
    dataDir: values.STACKSENSE_DATA_DIR,
    /** Undefined: the machine's name and the port. */
    hubName: values.STACKSENSE_HUB_NAME,
    bootstrapToken: values.STACKSENSE_BOOTSTRAP_TOKEN,
    openIngest: values.STACKSENSE_OPEN_INGEST,
    localAgent: values.STACKSENSE_LOCAL_AGENT,
    maxWaitingHeartbeats: values.STACKSENSE_MAX_WAITING_HEARTBEATS,
    maxSockets: values.STACKSENSE_MAX_SOCKETS,
    maxSocketsPerCaller: values.STACKSENSE_MAX_SOCKETS_PER_CALLER,
    /** How long everything that grows is kept. */
    retention: {
      rawDays: values.STACKSENSE_METRICS_DAYS,
      fiveMinuteDays: values.STACKSENSE_METRICS_5MIN_DAYS,
      hourDays: values.STACKSENSE_METRICS_HOUR_DAYS,
      eventDays: values.STACKSENSE_EVENT_DAYS,
    },
    logLevel: values.LOG_LEVEL,
  })
}

/** What a program that speaks to a hub may be told by its environment; what is undefined was not. */
export interface ClientConfig {
  /** One address, or several separated by commas. */
  readonly apiUrl: string | undefined
  readonly token: string | undefined
  readonly dataDir: string | undefined
}

/** Reads what a client of a hub needs, and nothing else. @throws StartError */
export function readClientConfig(env: NodeJS.ProcessEnv): ClientConfig {
  return {
    apiUrl: valueGiven(env, 'STACKSENSE_API_URL') || undefined,
    token: valueGiven(env, 'STACKSENSE_TOKEN') || undefined,
    dataDir: valueGiven(env, 'STACKSENSE_DATA_DIR') || undefined,
  }
}

/** Where the embedded database and the local secrets live unless `STACKSENSE_DATA_DIR` says otherwise. */
export function defaultDataDir(cwd: string): string {
  return join(cwd, '.stacksense')
}

function valueGiven(env: NodeJS.ProcessEnv, name: string): string | undefined {
  const file = env[`${name}_FILE`]
  if (!file) return env[name]
  try {
    return readFileSync(file, 'utf8').trim()
  } catch (error) {
    throw new StartError(`${name}_FILE: cannot read ${file}: ${(error as Error).message}`)
  }
}
