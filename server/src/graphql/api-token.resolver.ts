import { Arg, Ctx, Extensions, FieldResolver, ID, Mutation, Query, Resolver, Root } from 'type-graphql'
import { hashToken, newToken } from '../access/tokens.ts'
import { type ApiToken, createApiToken, listApiTokens, revokeApiToken } from '../store/api-tokens.ts'
import { CreateApiTokenInput } from './api-token.input.ts'
import { ApiTokenType, CreatedApiTokenType } from './api-token.type.ts'
import { cleanId } from './clean.ts'
import { cleanNewApiToken } from './clean-input.ts'
import type { GraphQLContext } from './context.ts'
import { ScopeEnum } from './enums.ts'

@Resolver(() => ApiTokenType)
export class ApiTokenResolver {
  @Extensions({ listSize: 100 })
  @Query(() => [ApiTokenType], { description: 'Newest first; revoked and expired ones too.' })
  apiTokens(@Ctx() { services }: GraphQLContext): Promise<ApiToken[]> {
    return listApiTokens(services.store)
  }

  @Mutation(() => CreatedApiTokenType)
  async createApiToken(
    @Arg('input', () => CreateApiTokenInput) input: CreateApiTokenInput,
    @Ctx() { services }: GraphQLContext,
  ): Promise<CreatedApiTokenType> {
    const token = newToken('api')
    const apiToken = await createApiToken(services.store, {
      ...cleanNewApiToken(input, Date.now()),
      hash: hashToken(token),
    })
    return { apiToken, token }
  }

  @Mutation(() => ApiTokenType, {
    description: 'The token, and each page that was signed in with it, is refused from now on. Twice changes nothing.',
  })
  revokeApiToken(@Arg('id', () => ID) id: string, @Ctx() { services }: GraphQLContext): Promise<ApiToken> {
    return revokeApiToken(services.store, cleanId(id, 'id'))
  }

  @FieldResolver(() => ScopeEnum)
  scope(@Root() token: ApiToken): keyof typeof ScopeEnum {
    return token.scope.toUpperCase() as keyof typeof ScopeEnum
  }
}
