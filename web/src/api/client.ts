import { ApolloClient, ApolloLink, HttpLink, InMemoryCache } from '@apollo/client'
import { ErrorLink } from '@apollo/client/link/error'
import { GraphQLWsLink } from '@apollo/client/link/subscriptions'
import { OperationTypeNode } from 'graphql'
import { throwError } from 'rxjs'
import type { Connection } from './connection.ts'
import { errorCode } from './fleet-source.ts'
import type { HubSocket } from './hub-socket.ts'

/** Queries and mutations by HTTP, subscriptions over whichever line is open now. */
export function createApollo(
  connection: Connection<HubSocket>,
  fetch: typeof globalThis.fetch,
  signedOut: () => void,
): ApolloClient {
  const http = new HttpLink({ uri: '/graphql', credentials: 'same-origin', fetch })
  const socket = new ApolloLink((operation) => {
    const { line } = connection
    if (!line) return throwError(() => new Error('There is no connection to the hub.'))
    return new GraphQLWsLink(line.client).request(operation)
  })
  const watchSession = new ErrorLink(({ error }) => {
    if (errorCode(error) === 'UNAUTHENTICATED') signedOut()
  })
  const byTransport = ApolloLink.split(
    ({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION,
    socket,
    http,
  )
  return new ApolloClient({
    link: ApolloLink.from([watchSession, byTransport]),
    // Normalised by id. What has none belongs to the object around it.
    cache: new InMemoryCache({ typePolicies: { Heartbeat: { merge: true } } }),
    defaultOptions: { watchQuery: { fetchPolicy: 'cache-and-network' } },
  })
}
