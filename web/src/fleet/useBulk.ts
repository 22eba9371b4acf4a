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
import type { Change } from './expectations.ts'
import { forEach, type Undertaking } from './for-each.ts'
import { useFleet } from './useFleet.ts'

export type TagChange = { readonly add: readonly string[]; readonly remove: readonly string[] }

/**
 * What can be done with many servers at once, shown at once and taken back where the hub refuses; each with its way back.
 * Deleting has none, so it asks first.
 */
export function useBulk() {
  const { apollo, clock } = useHub()
  const fleet = useFleet()
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
    becomes: Change,
    task: (row: FleetRow) => Promise<Refused | undefined>,
    undo: Undo,
  ) {
    running.value++
    const settle = fleet.expect(
      rows.map(({ id }) => id),
      becomes,
    )
    const outcome = await forEach(rows, task)
    running.value--
    settle(outcome.refused.map(({ item }) => item.id))
    tell(done, outcome, undo)
    return outcome
  }

  function tell(done: string, { done: changed, refused }: Undertaking<FleetRow>, undo: Undo) {
    const [first] = refused
    if (first) {
      const all = changed.length + refused.length
      const said =
        changed.length === 0
          ? `Not ${lower(done)}: ${named(refused.map(({ item }) => item))}`
          : `${done} ${figure(changed.length)} of ${count(all, 'server')}`
      toasts.refused(said, `${first.item.name}: ${first.refused.message}`, {
        name: 'Try again',
        run: () => undo.again(refused.map(({ item }) => item)),
      })
    } else if (changed.length > 0) {
      const back = undo.back && { name: 'Undo', run: () => undo.back?.(changed) }
      toasts.done(`${done} ${named(changed)}`, '', back)
    }
  }

  const suspend = (rows: readonly FleetRow[]): void =>
    void run(rows, 'Suspended', suspendedAt(clock.now()), ({ id }) => ask(BulkSuspendDocument, { id }), {
      back: resume,
      again: suspend,
    })
  /** What a server is that is resumed, only the hub can say. */
  const resume = (rows: readonly FleetRow[]): void =>
    void run(
      rows,
      'Resumed',
      (row) => row,
      ({ id }) => ask(BulkResumeDocument, { id }),
      { back: suspend, again: resume },
    )

  function tag(rows: readonly FleetRow[], change: TagChange): void {
    const before = new Map(rows.map(({ id, tags }) => [id, tags]))
    const set = (
      list: readonly FleetRow[],
      tagsOf: (row: FleetRow) => readonly string[],
      done: string,
      undo: Undo,
    ): void => {
      const tags = new Map(list.map((row) => [row.id, tagsOf(row)]))
      const becomes: Change = (row) => ({ ...row, tags: tags.get(row.id) ?? row.tags })
      void run(list, done, becomes, ({ id }) => ask(BulkTagDocument, { id, tags: [...(tags.get(id) ?? [])] }), undo)
    }
    const back = (list: readonly FleetRow[]): void =>
      set(list, ({ id, tags }) => before.get(id) ?? tags, 'Retagged', { again: back })
    set(rows, ({ tags }) => changed(tags, change), 'Tagged', { back, again: (list) => tag(list, change) })
  }

  const remove = (rows: readonly FleetRow[]): void =>
    void run(
      rows,
      'Deleted',
      () => null,
      ({ id }) => ask(BulkDeleteDocument, { id }),
      { again: remove },
    )

  return { running: computed(() => running.value > 0), suspend, resume, tag, remove }
}

/** A server that is suspended is nothing else; the time of a status moves with the status only. */
function suspendedAt(now: number): Change {
  return (row) => ({
    ...row,
    status: 'OFFLINE',
    reason: 'SUSPENDED',
    since: row.status === 'OFFLINE' ? row.since : now,
    acknowledgement: null,
  })
}

interface Undo {
  /** None where it cannot be undone. */
  back?(rows: readonly FleetRow[]): void
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
