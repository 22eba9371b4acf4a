import { computed } from 'vue'
import { ResumeServerDocument, SuspendServerDocument } from '../api/generated/graphql.ts'
import { useMutation } from '../api/useMutation.ts'
import { useMoment } from '../ui/moment.ts'
import { useToasts } from '../ui/toasts.ts'
import { expectedSuspended } from './expected-server.ts'
import type { ServerDetails } from './useServer.ts'

/** Suspends the server that is shown, or resumes it. The way back is to the same server, whichever is shown by then. */
export function useSuspend(shown: () => ServerDetails) {
  const toasts = useToasts()
  const moment = useMoment()
  const suspend = useMutation(SuspendServerDocument)
  const resume = useMutation(ResumeServerDocument)
  const busy = computed(() => suspend.asking.value || resume.asking.value)

  /** Suspended it is at once, until the hub refuses. What it is when it is resumed, only the hub can say. */
  async function make(server: ServerDetails, suspended: boolean) {
    const { id, name } = server
    const asked = suspended
      ? suspend.ask({ id }, { suspendServer: expectedSuspended(server, moment.value.now) })
      : resume.ask({ id })
    const done = suspended ? 'suspended' : 'resumed'
    const { refused } = await asked
    if (refused) toasts.refused(`Not ${done}: ${name}`, refused.message)
    else {
      const undo = { name: 'Undo', run: () => void make(server, !suspended) }
      toasts.done(`${suspended ? 'Suspended' : 'Resumed'} ${name}`, '', undo)
    }
  }

  function toggle() {
    const server = shown()
    if (!busy.value) void make(server, !server.suspended)
  }
  return { toggle, busy }
}
