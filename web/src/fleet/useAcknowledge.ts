import { computed } from 'vue'
import type { FleetRow } from '../api/fleet-store.ts'
import { AcknowledgeStatusDocument, UnacknowledgeStatusDocument } from '../api/generated/graphql.ts'
import { useHub } from '../api/hub.ts'
import { useMay } from '../api/scope.ts'
import { useMutation } from '../api/useMutation.ts'
import { useToasts } from '../ui/toasts.ts'
import { isAcknowledged, isProblem } from './tally.ts'
import { useFleet } from './useFleet.ts'

/** Says that somebody knows of a server's status. Shown at once; taken back where the hub refuses. */
export function useAcknowledge() {
  const hub = useHub()
  const fleet = useFleet()
  const toasts = useToasts()
  const may = useMay('operate')
  const said = useMutation(AcknowledgeStatusDocument)
  const unsaid = useMutation(UnacknowledgeStatusDocument)

  async function ask(row: FleetRow, note: string | null = null): Promise<void> {
    if (!may.value || !isProblem(row) || (isAcknowledged(row) && note === null)) return
    const by = hub.session.value?.name ?? ''
    const acknowledgement = { by, at: hub.clock.now(), note }
    const settle = fleet.expect([row.id], (told) => ({ ...told, acknowledgement }))
    const { refused } = await said.ask({ id: row.id, note })
    settle(refused ? [row.id] : [])
    if (refused) {
      const again = { name: 'Try again', run: () => void ask(row, note) }
      toasts.refused(`Not acknowledged: ${row.name}`, refused.message, refused.code === 'CONFLICT' ? undefined : again)
    } else if (note === null) {
      const undo = { name: 'Undo', run: () => void takeBack(row) }
      toasts.done(`Acknowledged ${row.name}`, 'You are named on it. Others see it at once.', undo)
    }
  }

  async function takeBack(row: FleetRow): Promise<void> {
    const settle = fleet.expect([row.id], (told) => ({ ...told, acknowledgement: null }))
    const { refused } = await unsaid.ask({ id: row.id })
    settle(refused ? [row.id] : [])
    if (refused) toasts.refused(`Still acknowledged: ${row.name}`, refused.message)
  }

  return { may, ask, takeBack, asking: computed(() => said.asking.value || unsaid.asking.value) }
}
