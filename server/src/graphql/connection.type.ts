import { type ClassType, Field, ObjectType } from 'type-graphql'
import type { Page } from '../store/page.ts'

@ObjectType('PageInfo', { simpleResolvers: true })
export class PageInfoType {
  @Field(() => Boolean)
  readonly hasNextPage!: boolean

  @Field(() => Boolean)
  readonly hasPreviousPage!: boolean

  @Field(() => String, { nullable: true })
  readonly startCursor!: string | null

  @Field(() => String, { nullable: true })
  readonly endCursor!: string | null
}

/** What a connection resolves to. */
export interface Connection<T> {
  readonly edges: Page<T>['items']
  readonly nodes: readonly T[]
  readonly pageInfo: PageInfoType
}

/** Declares `<name>Edge` and `<name>Connection`; the answer is to be extended or used as the connection's type. */
export function connectionType<T>(name: string, nodeType: ClassType<object>): ClassType<Connection<T>> {
  @ObjectType(`${name}Edge`, { simpleResolvers: true })
  class Edge {
    @Field(() => String)
    readonly cursor!: string

    @Field(() => nodeType)
    readonly node!: T
  }

  @ObjectType(`${name}Connection`, { simpleResolvers: true })
  class ConnectionType implements Connection<T> {
    @Field(() => [Edge])
    readonly edges!: readonly Edge[]

    @Field(() => [nodeType])
    readonly nodes!: readonly T[]

    @Field(() => PageInfoType)
    readonly pageInfo!: PageInfoType
  }
  return ConnectionType
}

/** Makes what a connection resolves to from a stored page. */
export function connectionOf<T>({ items, hasNextPage, hasPreviousPage }: Page<T>): Connection<T> {
  return {
    edges: items,
    nodes: items.map((item) => item.node),
    pageInfo: {
      hasNextPage,
      hasPreviousPage,
      startCursor: items[0]?.cursor ?? null,
      endCursor: items.at(-1)?.cursor ?? null,
    },
  }
}
