import { answerAgentOperation } from '../graphql/agent-operation.ts'
import type { Services } from '../graphql/context.ts'
import { answerRelayOperation } from '../graphql/relay-operation.ts'
import { GRAPHQL_BODY_LIMIT } from './graphql.route.ts'
import type { HotRoute } from './hot-path.ts'

/** What a request says that it takes, where it says anything: all of these are answered in JSON. */
const TAKES_JSON: ReadonlySet<string | undefined> = new Set([undefined, '*/*', 'application/json'])

const IS_JSON = /^application\/json(; *charset=utf-8)?$/i

/** An agent's request has a tenth of this. */
const MAX_AGENT_BODY = 4_096

/** The agent's own mutation at `POST /graphql`, and a relay's. */
export function hotOperation(services: Services): HotRoute {
  return {
    maxBody: (path, { kind }) => {
      if (path !== '/graphql') return undefined
      return kind === 'agent' ? MAX_AGENT_BODY : GRAPHQL_BODY_LIMIT
    },
    answer: (request) => {
      const { accept, 'content-type': type = '' } = request.headers
      if (!TAKES_JSON.has(accept) || !IS_JSON.test(type)) return undefined
      return request.caller.kind === 'agent'
        ? answerAgentOperation(services, request)
        : answerRelayOperation(services, request)
    },
  }
}
