import { Extensions, Field, Int, ObjectType } from 'type-graphql'
import { type FleetServer, MAX_FLEET } from '../store/fleet.ts'
import { ServerType } from './server.type.ts'
import { StatusCountsType } from './status-counts.type.ts'

@ObjectType('FleetCounts', {
  description: 'Servers by status. The first five add up to the total.',
  simpleResolvers: true,
})
export class FleetCountsType extends StatusCountsType {
  @Field(() => Int)
  readonly total!: number
}

@ObjectType('Fleet', {
  description: 'Everything at one instant: all fields are of one snapshot.',
  simpleResolvers: true,
})
export class FleetType {
  @Field(() => String, { description: 'serverStatusChanged(after: …) goes on from this snapshot without a seam.' })
  readonly cursor!: string

  @Field(() => FleetCountsType)
  readonly counts!: FleetCountsType

  @Extensions({ listSize: MAX_FLEET })
  @Field(() => [ServerType], { description: 'All servers; FLEET_TOO_LARGE where there are more than 10,000.' })
  readonly servers!: readonly (FleetServer | Promise<FleetServer>)[]
}
