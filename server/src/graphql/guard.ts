import type { GraphQLFieldResolver, GraphQLObjectType, GraphQLSchema } from 'graphql'
import type { Caller } from '../access/caller.ts'
import { PERMISSIONS } from '../access/permissions.ts'
import { parseServerId } from '../ingest/entries.ts'
import type { GraphQLContext } from './context.ts'

type Resolver = GraphQLFieldResolver<unknown, GraphQLContext>

/** Concern a server in each entry; its resolver asks for each of them. */
const ASKS_FOR_EACH_ENTRY: ReadonlySet<string> = new Set(['Mutation.recordHeartbeats'])

/**
 * Puts the table of permissions before every root field: a query or mutation before it runs, a subscription before its
 * stream begins.
 *
 * @throws Error where a root field has no line in the table, so that a forgotten one is found when the hub starts.
 */
export function guardRootFields(schema: GraphQLSchema): void {
  for (const type of [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]) {
    if (type) guardFields(type)
  }
}

function guardFields(type: GraphQLObjectType): void {
  for (const field of Object.values(type.getFields())) {
    const action = `${type.name}.${field.name}`
    if (!Object.hasOwn(PERMISSIONS, action)) throw new Error(`No permission is set for ${action}`)
    if (field.subscribe) field.subscribe = guarded(action, field.subscribe)
    else if (field.resolve) field.resolve = guarded(action, field.resolve)
    else throw new Error(`${action} does nothing`)
  }
}

function guarded(action: string, resolve: Resolver): Resolver {
  return (root, args, context, info) => {
    const { caller, services } = context
    services.access.require(caller, action, serverConcerned(action, caller, args))
    return resolve(root, args, context, info)
  }
}

/** The server that the arguments name. A caller without a credential learns nothing, not even whether the id is one. */
function serverConcerned(action: string, caller: Caller, args: Record<string, unknown>): number | undefined {
  if (ASKS_FOR_EACH_ENTRY.has(action)) return caller.kind === 'agent' ? caller.serverId : Number.NaN
  if (args.serverId === undefined) return undefined
  return caller.kind === 'anonymous' ? Number.NaN : parseServerId(String(args.serverId), 'serverId')
}
