import { createSourceEventStream, type ExecutionArgs, type ExecutionResult } from 'graphql'
import { Stream } from '../publish/stream.ts'
import type { GraphQLContext } from './context.ts'
import { Delivery } from './delivery.ts'
import type { OperationRequest } from './operation.ts'
import type { Outlet } from './outlet.ts'
import type { SharedExecutions } from './shared-execution.ts'
import { sharingKey } from './sharing-key.ts'

/** A subscription that has been let in, and where its answers go. */
export interface SubscriptionArgs extends ExecutionArgs {
  readonly request: OperationRequest
  readonly contextValue: GraphQLContext
  readonly outlet: Outlet
}

/**
 * Runs a subscription as graphql-js does, but hands its answers straight to the socket: subscribers who asked for the same
 * share one execution and one encoding of each answer.
 *
 * To graphql-ws it looks like a stream without answers, which ends, fails or is given up like any other.
 */
export async function subscribe(
  args: SubscriptionArgs,
  executions: SharedExecutions,
): Promise<AsyncIterableIterator<never> | ExecutionResult> {
  const source = await createSourceEventStream(args)
  if (!(Symbol.asyncIterator in source)) return source
  if (!(source instanceof Stream)) throw new Error('A subscription must have a Stream as its source')

  const { outlet, request, ...operation } = args
  const key = sharingKey(args.document, request, args.contextValue.caller)
  const delivery = new Delivery(source, executions.enter(key, operation), outlet)
  const ended = delivery.ended.finally(() => executions.leave(key))
  ended.catch(() => undefined) // it is heard of by whoever iterates
  const answers: AsyncIterableIterator<never> = {
    next: async () => {
      await ended
      return END
    },
    return: async () => {
      delivery.stop()
      return END
    },
    [Symbol.asyncIterator]() {
      return this
    },
  }
  return answers
}

const END = { value: undefined, done: true } as const
