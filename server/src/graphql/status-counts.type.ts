import { Field, Int, ObjectType } from 'type-graphql'

/** How many servers have which status; each counts once. */
@ObjectType({ simpleResolvers: true })
export abstract class StatusCountsType {
  @Field(() => Int)
  readonly online!: number

  @Field(() => Int)
  readonly warning!: number

  @Field(() => Int, { description: 'Only those whose heartbeat expired.' })
  readonly offline!: number

  @Field(() => Int)
  readonly neverSeen!: number

  @Field(() => Int)
  readonly suspended!: number
}
