import { useRouter } from 'vue-router'
import type { FleetRow } from '../api/fleet-store.ts'
import { useMay } from '../api/scope.ts'
import { useMoment } from '../ui/moment.ts'
import { matchRank, type PaletteItem } from '../ui/palette.ts'
import { statusInBrief } from '../ui/words.ts'
import { isAcknowledged, isProblem, rowKind, worstFirst } from './tally.ts'
import { useAcknowledge } from './useAcknowledge.ts'
import { useBulk } from './useBulk.ts'
import { useFleet } from './useFleet.ts'

const MOST_FOUND = 8
/** So few are found: what can be done with the first is offered too. */
const FEW = 3

/** The servers that the palette offers for what was typed; without a word, those that need somebody. */
export function usePaletteServers(): (typed: string) => readonly PaletteItem[] {
  const fleet = useFleet()
  const router = useRouter()
  const moment = useMoment()
  const acknowledge = useAcknowledge()
  const bulk = useBulk()
  const may = useMay('operate')

  const open = (row: FleetRow): PaletteItem => ({
    id: row.id,
    icon: rowKind(row),
    mark: rowKind(row),
    name: row.name,
    detail: [statusInBrief(row, moment.value), ...row.tags].join(' · '),
    run: () => void router.push(`/servers/${row.id}`),
  })

  function actions(row: FleetRow): readonly PaletteItem[] {
    if (!may.value) return []
    const suspended = rowKind(row) === 'suspended'
    const toggle = {
      id: 'suspend',
      icon: 'suspended',
      name: suspended ? `Resume ${row.name}` : `Suspend ${row.name}`,
      run: () => (suspended ? bulk.resume([row]) : bulk.suspend([row])),
    }
    const takeOn = {
      id: 'acknowledge',
      icon: 'check',
      name: `Acknowledge ${row.name}`,
      run: () => void acknowledge.ask(row),
    }
    return isProblem(row) && !isAcknowledged(row) ? [takeOn, toggle] : [toggle]
  }

  return (typed) => {
    if (typed.trim() === '') {
      const needYou = fleet.rows.value.filter((row) => isProblem(row) && !isAcknowledged(row))
      return needYou.sort(worstFirst).slice(0, MOST_FOUND).map(open)
    }
    const found = fleet.rows.value
      .map((row) => ({ row, rank: matchRank(row.name, typed) }))
      .filter(({ rank }) => rank < Infinity)
      .sort((a, b) => a.rank - b.rank)
    const [first] = found
    const offered = found.slice(0, MOST_FOUND).map(({ row }) => open(row))
    return first && (found.length <= FEW || first.rank === 0) ? [...offered, ...actions(first.row)] : offered
  }
}
