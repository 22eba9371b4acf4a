import { type FieldNode, GraphQLError, type OperationDefinitionNode, parse } from 'graphql'
import type { Caller } from '../access/caller.ts'
import type { AgentInput } from '../ingest/entries.ts'
import type { Services } from './context.ts'
import { DateTime } from './date-time.ts'
import { formatError } from './format-error.ts'

/** A request for an operation whose text is known here. */
export interface KnownRequest {
  readonly caller: Caller
  readonly body: Buffer
  readonly arrivedAtMs: number
}

export interface OperationAnswer {
  /** 503 where nothing but "not now" can be said, as `apollo.ts` has it. */
  readonly status: 200 | 503
  readonly body: string
  readonly headers?: Readonly<Record<string, string>>
}

/**
 * An operation that is known word for word, so that it can be answered with the bytes that Apollo would answer, at a
 * fraction of its cost. Whatever else comes, Apollo answers.
 */
export class KnownOperation {
  readonly #operations: ReadonlyMap<string, OperationDefinitionNode>
  /** The root field that all of them ask for. */
  readonly #name: string
  /** Whether a body may hold it at all is looked for before it is parsed. */
  readonly #mark: Buffer

  constructor(texts: readonly string[]) {
    const operations = texts.map((text) => [text, parse(text).definitions[0] as OperationDefinitionNode] as const)
    this.#operations = new Map(operations)
    this.#name = fieldOf((operations[0] as (typeof operations)[number])[1]).name.value
    this.#mark = Buffer.from(`{ ${this.#name}(`)
  }

  /** What a body asks that holds this operation and nothing else; undefined for any other body. */
  read(body: Buffer): KnownCall | undefined {
    if (!body.includes(this.#mark)) return undefined
    try {
      const { query, operationName, variables, extensions } = JSON.parse(body.toString('utf8'))
      const operation = this.#operations.get(query)
      if (!operation || extensions !== undefined) return undefined
      if ((operationName ?? operation.name?.value) !== operation.name?.value) return undefined
      return typeof variables === 'object' && variables !== null ? { operation, variables } : undefined
    } catch {
      return undefined
    }
  }

  succeeded(data: string): OperationAnswer {
    return { status: 200, body: `{"data":{"${this.#name}":${data}}}\n` }
  }

  /** As graphql-js and Apollo tell it. */
  failed({ operation }: KnownCall, thrown: unknown, log: Services['log']): OperationAnswer {
    const cause = thrown instanceof Error ? thrown : new Error(String(thrown))
    const place = { nodes: [fieldOf(operation)], path: [this.#name] }
    const error = new GraphQLError(cause.message, { ...place, originalError: cause })
    const formatted = formatError(log)(error.toJSON(), error)
    const body = `${JSON.stringify({ errors: [formatted], data: null })}\n`
    if (formatted.extensions?.code !== 'UNAVAILABLE') return { status: 200, body }
    return { status: 503, body, headers: { 'retry-after': String(formatted.extensions.retryAfterSeconds ?? 1) } }
  }
}

/** A call of a known operation. */
export interface KnownCall {
  readonly operation: OperationDefinitionNode
  readonly variables: Readonly<Record<string, unknown>>
}

function fieldOf({ selectionSet }: OperationDefinitionNode): FieldNode {
  return selectionSet.selections[0] as FieldNode
}

/** What an agent says of itself, as variables have it. @throws where Apollo would refuse it */
export function agentInputIn(variables: Readonly<Record<string, unknown>>): AgentInput {
  return {
    agentVersion: stringOrNothing(variables.agentVersion),
    bootId: stringOrNothing(variables.bootId),
    agentStartedAt: instantOrNothing(variables.agentStartedAt),
    retries: integerOrNothing(variables.retries),
    sentAt: instantOrNothing(variables.sentAt),
  }
}

function instantOrNothing(value: unknown): number | undefined {
  return value === undefined || value === null ? undefined : DateTime.parseValue(value)
}

function integerOrNothing(value: unknown): number | undefined {
  if (value === undefined || value === null) return undefined
  if (Number.isSafeInteger(value)) return value as number
  throw new Error('This is not a whole number')
}

function stringOrNothing(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value === 'string') return value
  throw new Error('This is not a string')
}
