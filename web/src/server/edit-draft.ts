import type { UpdateServerInput } from '../api/generated/graphql.ts'
import type { Refused } from '../api/useMutation.ts'
import type { ServerDetails } from './useServer.ts'

/** What stands in the fields. */
export interface Draft {
  name: string
  tags: string
  description: string
  offlineAfterSeconds: string
  cpuPercent: string
  memoryPercent: string
  diskPercent: string
}

type Editable = Pick<ServerDetails, 'name' | 'tags' | 'description' | 'offlineAfterSeconds' | 'alertLimits'>

/**
 * Only what was changed: what somebody else has changed meanwhile is not written back. The hub judges the values; here
 * only what is no number is refused.
 */
export function changesOf(draft: Draft, server: Editable, tags: string[]): { input: UpdateServerInput } | Refused {
  const seconds = numberIn(draft.offlineAfterSeconds)
  if (seconds === undefined || !Number.isInteger(seconds)) return noNumber('input.offlineAfterSeconds')

  const alertLimits: Record<string, number> = {}
  for (const name of ['cpuPercent', 'memoryPercent', 'diskPercent'] as const) {
    const percent = numberIn(draft[name])
    if (percent === undefined) return noNumber(`input.alertLimits.${name}`)
    if (percent !== server.alertLimits[name]) alertLimits[name] = percent
  }
  return {
    input: {
      ...(draft.name.trim() !== server.name && { name: draft.name.trim() }),
      ...(tags.join() !== server.tags.join() && { tags }),
      ...(draft.description !== server.description && { description: draft.description }),
      ...(seconds !== server.offlineAfterSeconds && { offlineAfterSeconds: seconds }),
      ...(Object.keys(alertLimits).length > 0 && { alertLimits }),
    },
  }
}

function numberIn(text: string): number | undefined {
  const figure = Number(text.trim().replace(',', '.'))
  return text.trim() === '' || Number.isNaN(figure) ? undefined : figure
}

function noNumber(field: string): Refused {
  return { code: undefined, field, message: 'A number is needed here.' }
}
