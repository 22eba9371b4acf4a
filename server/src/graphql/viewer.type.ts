import { Field, ObjectType } from 'type-graphql'
import { ScopeEnum } from './enums.ts'

@ObjectType('Viewer', { description: 'Who is asking.', simpleResolvers: true })
export class ViewerType {
  @Field(() => String)
  readonly name!: string

  @Field(() => ScopeEnum)
  readonly scope!: keyof typeof ScopeEnum

  @Field(() => String, { description: '`token` or `session`.' })
  readonly kind!: string
}
