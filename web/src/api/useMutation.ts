import { CombinedGraphQLErrors, type OperationVariables, type TypedDocumentNode } from '@apollo/client'
import { shallowRef } from 'vue'
import { useHub } from './hub.ts'

/** Why something was not done, in words for whoever asked for it. */
export interface Refused {
  readonly code: string | undefined
  readonly message: string
  /** The input that is at fault, as the hub spells it: `input.name`. */
  readonly field: string | undefined
}

export type Outcome<D> =
  | { readonly data: D; readonly refused?: never }
  | { readonly refused: Refused; readonly data?: never }

/**
 * A mutation whose refusal is an answer, not an exception. `asking` while the hub has it. An expected answer is shown at
 * once, and taken back where the hub answers otherwise.
 */
export function useMutation<D, V extends OperationVariables>(mutation: TypedDocumentNode<D, V>) {
  const { apollo } = useHub()
  const asking = shallowRef(false)

  async function ask(variables: V, expected?: D): Promise<Outcome<D>> {
    asking.value = true
    try {
      const { data } = await apollo.mutate({ mutation, variables, optimisticResponse: expected } as never)
      return { data: data as D }
    } catch (error) {
      return { refused: refusalOf(error) }
    } finally {
      asking.value = false
    }
  }
  return { ask, asking }
}

export function refusalOf(error: unknown): Refused {
  if (!CombinedGraphQLErrors.is(error)) {
    return {
      code: undefined,
      field: undefined,
      message: 'The hub did not answer. Nothing may have been changed; look before you try again.',
    }
  }
  const first = error.errors[0]
  const { code, field } = first?.extensions ?? {}
  return {
    code: typeof code === 'string' ? code : undefined,
    field: typeof field === 'string' ? field : undefined,
    message:
      code === 'FORBIDDEN' ? 'Your token’s scope does not allow this.' : atField(first?.message ?? 'The hub refused.'),
  }
}

/** The hub names the input as the API does; beside its field the name is not needed: Must be from 2 to 86,400. */
function atField(message: string): string {
  const said = message.replace(/^input(\.\w+)+:? /, '')
  return said.charAt(0).toUpperCase() + said.slice(1)
}
