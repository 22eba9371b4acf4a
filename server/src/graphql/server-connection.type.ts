import { Field, Int, ObjectType } from 'type-graphql'
import type { Server } from '../core/types.ts'
import { connectionType } from './connection.type.ts'
import { ServerType } from './server.type.ts'

const ServerPages = connectionType<Server>('Server', ServerType)

@ObjectType('ServerConnection', { simpleResolvers: true })
export class ServerConnectionType extends ServerPages {
  @Field(() => Int, { description: 'Servers that pass the filter, on all pages.' })
  readonly totalCount!: number

  @Field(() => String, { description: 'serverStatusChanged(after: …) goes on from this list without a seam.' })
  readonly feedCursor!: string
}
