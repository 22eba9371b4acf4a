import { Field, ID, ObjectType } from 'type-graphql'
import type { Instant } from '../core/types.ts'
import type { ApiToken } from '../store/api-tokens.ts'
import { DateTime } from './date-time.ts'

/** `ApiTokenResolver` adds the scope in the API's spelling. */
@ObjectType('ApiToken', {
  description: 'A credential for people and tools. The secret itself was shown once.',
  simpleResolvers: true,
})
export class ApiTokenType {
  @Field(() => ID)
  readonly id!: number

  @Field(() => String, { description: 'No two tokens that are not revoked have the same.' })
  readonly name!: string

  @Field(() => DateTime)
  readonly createdAt!: Instant

  @Field(() => DateTime, { nullable: true, description: 'It is refused from then on. Null: never.' })
  readonly expiresAt!: Instant | null

  @Field(() => DateTime, { nullable: true, description: 'To within some seconds.' })
  readonly lastUsedAt!: Instant | null

  @Field(() => DateTime, { nullable: true, description: 'It is refused since then.' })
  readonly revokedAt!: Instant | null
}

@ObjectType('CreatedApiToken', { simpleResolvers: true })
export class CreatedApiTokenType {
  @Field(() => ApiTokenType)
  readonly apiToken!: ApiToken

  @Field(() => String, { description: 'Shown this once: only its hash is kept.' })
  readonly token!: string
}
