import { GraphQLError, GraphQLScalarType, Kind, type ValueNode } from 'graphql'
import type { Instant } from '../core/types.ts'
import { readInstant } from './read-instant.ts'
import { writeInstant } from './write-instant.ts'

/**
 * An instant at the edge of the API. It comes in as ISO 8601 with a zone, because a time without one means another
 * instant on each machine, and goes out in UTC with milliseconds. Inside it is always an `Instant`.
 */
export const DateTime = new GraphQLScalarType<Instant, string>({
  name: 'DateTime',
  description:
    'An instant as ISO 8601. Input needs a zone (`2026-01-31T12:00:00Z`, `2026-01-31T13:00:00+01:00`); output is in UTC with milliseconds.',
  specifiedByURL: 'https://scalars.graphql.org/andimarek/date-time.html',
  serialize: (value) => writeInstant(value as Instant),
  parseValue: parseInstant,
  parseLiteral: (node) => parseInstant(node.kind === Kind.STRING ? node.value : undefined, node),
})

function parseInstant(value: unknown, node?: ValueNode): Instant {
  const instant = readInstant(value)
  if (instant === undefined) {
    throw new GraphQLError('DateTime must be ISO 8601 with a zone, such as "2026-01-31T12:00:00Z".', { nodes: node })
  }
  return instant
}
