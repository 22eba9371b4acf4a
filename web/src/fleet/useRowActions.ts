import type { FleetRow } from '../api/fleet-store.ts'
import { useMay } from '../api/scope.ts'
import { copyText } from '../ui/copy-text.ts'
import { useMoment } from '../ui/moment.ts'
import { onKey } from '../ui/on-key.ts'
import { useToasts } from '../ui/toasts.ts'
import { proofAsText } from './more-about.ts'
import { rowKind } from './tally.ts'
import { useAcknowledge } from './useAcknowledge.ts'
import { useBulk } from './useBulk.ts'

/** What the keys do with one server of a list: the one that `row` answers, if any. */
export function useRowActions(row: () => FleetRow | undefined): void {
  const may = useMay('operate')
  const moment = useMoment()
  const toasts = useToasts()
  const acknowledge = useAcknowledge()
  const bulk = useBulk()
  const withRow = (act: (row: FleetRow) => void) => () => {
    const found = row()
    if (found) act(found)
  }
  const suspend = (found: FleetRow) => (rowKind(found) === 'suspended' ? bulk.resume([found]) : bulk.suspend([found]))
  async function copy(found: FleetRow) {
    const copied = await copyText(proofAsText(found, moment.value), document.body)
    if (copied) toasts.done(`Copied the proof of ${found.name}`)
  }

  onKey(
    'a',
    withRow((found) => void acknowledge.ask(found)),
    { name: 'Acknowledge' },
  )
  onKey(
    's',
    withRow((found) => may.value && suspend(found)),
    { name: 'Suspend or resume' },
  )
  onKey(
    'c',
    withRow((found) => void copy(found)),
    { name: 'Copy the proof as text' },
  )
}
