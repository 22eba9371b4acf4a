import { Field, InputType } from 'type-graphql'
import type { Instant } from '../core/types.ts'
import { DateTime } from './date-time.ts'
import { ScopeEnum } from './enums.ts'

@InputType('CreateApiTokenInput')
export class CreateApiTokenInput {
  @Field(() => String, { description: '1 to 100 characters; not the name of another token that is not revoked.' })
  readonly name!: string

  @Field(() => ScopeEnum)
  readonly scope!: keyof typeof ScopeEnum

  @Field(() => DateTime, { nullable: true, description: 'Must not be past. Null: it never expires.' })
  readonly expiresAt?: Instant | null
}
