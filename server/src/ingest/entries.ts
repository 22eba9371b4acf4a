import { type AgentFacts, MAX_SERVER_ID, type ServerId } from '../core/types.ts'
import { Refusal } from '../errors.ts'

/** The longest word an agent may say of itself: its version, its boot id. */
const MAX_AGENT_WORD = 64

/** What arrives with a heartbeat, as the wire's own types have it. */
export interface AgentInput {
  readonly agentVersion?: string | null | undefined
  readonly bootId?: string | null | undefined
  readonly agentStartedAt?: number | null | undefined
  readonly retries?: number | null | undefined
  readonly sentAt?: number | null | undefined
}

const OWN_NAMES = {
  agentVersion: 'agentVersion',
  bootId: 'bootId',
  agentStartedAt: 'agentStartedAt',
  retries: 'retries',
  sentAt: 'sentAt',
}

/** No agent tries more often. */
const MAX_RETRIES = 1_000

/** The latest instant that PostgreSQL and JavaScript both hold; enough for any agent. */
const MAX_INSTANT = Date.UTC(9999, 11, 31)

/** @throws Refusal BAD_USER_INPUT for anything but a positive integer that PostgreSQL holds */
export function parseServerId(id: string, field: string): ServerId {
  const number = /^[1-9]\d{0,9}$/.test(id) ? Number(id) : Number.NaN
  if (number <= MAX_SERVER_ID) return number
  throw new Refusal(
    'BAD_USER_INPUT',
    `${field} is not the id of a server: a whole number from 1 to ${MAX_SERVER_ID}.`,
    {
      field,
    },
  )
}

/**
 * What an agent says of itself, fit to be stored.
 *
 * @param names how the caller spells the fields.
 * @throws Refusal BAD_USER_INPUT for a word that is too long or holds control characters, or an impossible time
 */
export function cleanAgentFacts(
  input: AgentInput,
  names: Readonly<Record<keyof AgentInput, string>> = OWN_NAMES,
): AgentFacts {
  const agentVersion = cleanWord(input.agentVersion, names.agentVersion)
  const bootId = cleanWord(input.bootId, names.bootId)
  const agentStartedAt = cleanInstant(input.agentStartedAt, names.agentStartedAt)
  const retries = cleanRetries(input.retries, names.retries)
  const sentAt = cleanInstant(input.sentAt, names.sentAt)
  return {
    ...(agentVersion === undefined ? {} : { agentVersion }),
    ...(bootId === undefined ? {} : { bootId }),
    ...(agentStartedAt === undefined ? {} : { agentStartedAt }),
    ...(retries === undefined ? {} : { retries }),
    ...(sentAt === undefined ? {} : { sentAt }),
  }
}

function cleanWord(word: string | null | undefined, field: string): string | undefined {
  if (word === null || word === undefined) return undefined
  if (word.length > MAX_AGENT_WORD) throw bad(field, `is longer than ${MAX_AGENT_WORD} characters.`)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (/[\u0000-\u001f\u007f]/.test(word) || !word.isWellFormed()) throw bad(field, 'holds control characters.')
  return word
}

function cleanRetries(retries: number | null | undefined, field: string): number | undefined {
  if (retries === null || retries === undefined) return undefined
  if (Number.isInteger(retries) && retries >= 0 && retries <= MAX_RETRIES) return retries
  throw bad(field, `is not a whole number from 0 to ${MAX_RETRIES}.`)
}

function cleanInstant(instant: number | null | undefined, field: string): number | undefined {
  if (instant === null || instant === undefined) return undefined
  if (!(instant >= 0 && instant <= MAX_INSTANT)) throw bad(field, 'is not a time between 1970 and 9999.')
  return instant
}

function bad(field: string, what: string): Refusal {
  return new Refusal('BAD_USER_INPUT', `${field} ${what}`, { field })
}
