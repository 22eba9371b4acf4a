import type { Logger } from 'pino'
import type { AccessRules } from '../access/permissions.ts'
import type { BatchWriter } from '../ingest/batch-writer.ts'
import { receiveHeartbeat } from '../ingest/rest.ts'
import type { HotAnswer, HotRoute } from './hot-path.ts'
import { logFailure, toHttpError } from './rest-error.ts'

const ADDRESS = /^\/api\/heartbeat\/([1-9]\d{0,9})\/?$/

/** A heartbeat has a hundredth of this. */
const MAX_BODY = 4_096

/** `POST /api/heartbeat/:id` as the original's agents send it. What is refused, is refused in the words of the usual way. */
export function hotHeartbeat(rules: AccessRules, writer: Pick<BatchWriter, 'record'>, log: Logger): HotRoute {
  const refused = (error: unknown, url: string): HotAnswer => {
    const { status, headers, message, code, field } = toHttpError(error)
    if (status >= 500) logFailure(log, error, { method: 'POST', url })
    return { status, headers, body: JSON.stringify({ error: message, code, field }) }
  }
  return {
    maxBody: (path) => (ADDRESS.test(path) ? MAX_BODY : undefined),
    answer: ({ caller, path, body, arrivedAtMs }) => {
      const id = ADDRESS.exec(path)?.[1] as string
      return receiveHeartbeat(rules, writer, { caller, id, body, arrivedAtMs }).then(
        (answer) => ({ status: 200, body: JSON.stringify(answer) }),
        (error: unknown) => refused(error, path),
      )
    },
  }
}
