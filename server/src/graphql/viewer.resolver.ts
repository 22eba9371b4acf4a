import { Ctx, Query, Resolver } from 'type-graphql'
import { Refusal } from '../errors.ts'
import type { GraphQLContext } from './context.ts'
import type { ScopeEnum } from './enums.ts'
import { ViewerType } from './viewer.type.ts'

@Resolver()
export class ViewerResolver {
  @Query(() => ViewerType)
  viewer(@Ctx() { caller }: GraphQLContext): ViewerType {
    if (caller.kind !== 'user') throw new Refusal('FORBIDDEN', 'Only users are viewers.')
    return { name: caller.name, scope: caller.scope.toUpperCase() as keyof typeof ScopeEnum, kind: caller.via }
  }
}
