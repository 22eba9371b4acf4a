import { Arg, Ctx, ID, Mutation, Resolver } from 'type-graphql'
import { hashToken, newToken } from '../access/tokens.ts'
import type { Server } from '../core/types.ts'
import { parseServerId } from '../ingest/entries.ts'
import { createServer, deleteServer, setAgentTokenHash, setSuspended, updateServer } from '../store/servers.ts'
import { cleanNewServer, cleanServerChanges } from './clean-input.ts'
import type { GraphQLContext } from './context.ts'
import { CreateServerInput, UpdateServerInput } from './server.input.ts'
import { CreatedServerType, ServerType } from './server.type.ts'

/** Mutations of servers. */
@Resolver(() => ServerType)
export class ServerChangesResolver {
  @Mutation(() => CreatedServerType)
  async createServer(
    @Arg('input', () => CreateServerInput) input: CreateServerInput,
    @Ctx() { services }: GraphQLContext,
  ): Promise<CreatedServerType> {
    const agentToken = newToken('agent')
    const server = await createServer(services.store, { ...cleanNewServer(input), tokenHash: hashToken(agentToken) })
    return { server, agentToken }
  }

  @Mutation(() => ServerType)
  updateServer(
    @Arg('id', () => ID) id: string,
    @Arg('input', () => UpdateServerInput) input: UpdateServerInput,
    @Ctx() { services }: GraphQLContext,
  ): Promise<Server> {
    return updateServer(services.store, parseServerId(id, 'id'), cleanServerChanges(input))
  }

  @Mutation(() => ID, { description: 'The server is forgotten by lists and agents; its events stay. Answers its id.' })
  async deleteServer(@Arg('id', () => ID) id: string, @Ctx() { services }: GraphQLContext): Promise<number> {
    const serverId = parseServerId(id, 'id')
    await deleteServer(services.store, serverId)
    return serverId
  }

  @Mutation(() => ServerType, {
    description: 'OFFLINE / SUSPENDED until it is resumed; heartbeats are stored all the same.',
  })
  suspendServer(@Arg('id', () => ID) id: string, @Ctx() { services }: GraphQLContext): Promise<Server> {
    return setSuspended(services.store, parseServerId(id, 'id'), true)
  }

  @Mutation(() => ServerType)
  resumeServer(@Arg('id', () => ID) id: string, @Ctx() { services }: GraphQLContext): Promise<Server> {
    return setSuspended(services.store, parseServerId(id, 'id'), false)
  }

  @Mutation(() => CreatedServerType, { description: 'A new agent token; the one before it is refused from now on.' })
  async rotateAgentToken(
    @Arg('id', () => ID) id: string,
    @Ctx() { services }: GraphQLContext,
  ): Promise<CreatedServerType> {
    const agentToken = newToken('agent')
    const server = await setAgentTokenHash(services.store, parseServerId(id, 'id'), hashToken(agentToken))
    return { server, agentToken }
  }
}
