import type { OperationVariables, TypedDocumentNode } from '@apollo/client'
import { computed, shallowRef } from 'vue'
import type { FleetRow } from '../api/fleet-store.ts'
import {
  BulkDeleteDocument,
  BulkResumeDocument,
  BulkSuspendDocument,
  BulkTagDocument,
} from '../api/generated/graphql.ts'
import { useHub } from '../api/hub.ts'
import { type Refused, refusalOf } from '../api/useMutation.ts'
import { figure } from '../ui/numbers.ts'
import { useToasts } from '../ui/toasts.ts'
import { count } from '../ui/words.ts'
import { forEach, type Undertaking } from './for-each.ts'

export type TagChange = { readonly add: readonly string[]; readonly remove: readonly string[] }

/** What can be done with many servers at once, each with its way back. Deleting has none, so it asks first. */
export function useBulk() {
  const { apollo } = useHub()
  const toasts = useToasts()
  const running = shallowRef(0)

  async function ask<D, V extends OperationVariables>(
    mutation: TypedDocumentNode<D, V>,
    variables: V,
  ): Promise<Refused | undefined> {
    try {
      await apollo.mutate({ mutation, variables, fetchPolicy: 'no-cache' } as never)
      return undefined
    } catch (error) {
      return refusalOf(error)
    }
  }

  async function run(
    rows: readonly FleetRow[],
    done: string,
    task: (row: FleetRow) => Promise<Refused | undefined>,
    undo?: Undo,
  ) {
    running.value++
    const outcome = await forEach(rows, task)
    running.value--
    tell(done, outcome, undo)
    return outcome
  }

  function tell(done: string, { done: changed, refused }: Undertaking<FleetRow>, undo?: Undo) {
    const [first] = refused
    if (first) {
      const all = changed.length + refused.length
      const said =
        changed.length === 0
          ? `Not ${lower(done)}: ${named(refused.map(({ item }) => item))}`
          : `${done} ${figure(changed.length)} of ${count(all, 'server')}`
      toasts.refused(said, `${first.item.name}: ${first.refused.message}`, {
        name: 'Try again',
        run: () => undo?.again(refused.map(({ item }) => item)),
      })
    } else if (changed.length > 0) {
      toasts.done(`${done} ${named(changed)}`, '', undo && { name: 'Undo', run: () => undo.back(changed) })
    }
  }

  const suspend = (rows: readonly FleetRow[]): void =>
    void run(rows, 'Suspended', ({ id }) => ask(BulkSuspendDocument, { id }), { back: resume, again: suspend })
  const resume = (rows: readonly FleetRow[]): void =>
    void run(rows, 'Resumed', ({ id }) => ask(BulkResumeDocument, { id }), { back: suspend, again: resume })

  function tag(rows: readonly FleetRow[], change: TagChange): void {
    const before = new Map(rows.map(({ id, tags }) => [id, tags]))
    const set = (
      list: readonly FleetRow[],
      tagsOf: (row: FleetRow) => readonly string[],
      done: string,
      undo?: Undo,
    ): void => void run(list, done, (row) => ask(BulkTagDocument, { id: row.id, tags: [...tagsOf(row)] }), undo)
    const back = (list: readonly FleetRow[]) => set(list, ({ id, tags }) => before.get(id) ?? tags, 'Tags restored of')
    set(rows, ({ tags }) => changed(tags, change), 'Tagged', { back, again: (list) => tag(list, change) })
  }

  const remove = (rows: readonly FleetRow[]): void =>
    void run(rows, 'Deleted', ({ id }) => ask(BulkDeleteDocument, { id }))

  return { running: computed(() => running.value > 0), suspend, resume, tag, remove }
}

interface Undo {
  back(rows: readonly FleetRow[]): void
  again(rows: readonly FleetRow[]): void
}

/** Tags keep their order; new ones come to the end. */
export function changed(tags: readonly string[], { add, remove }: TagChange): readonly string[] {
  return [...new Set([...tags.filter((tag) => !remove.includes(tag)), ...add])]
}

function named(rows: readonly FleetRow[]): string {
  return rows.length === 1 ? (rows[0]?.name ?? '') : count(rows.length, 'server')
}

function lower(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1)
}
