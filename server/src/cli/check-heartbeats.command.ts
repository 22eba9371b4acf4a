import { FLAG, readArguments, TEXT, wholeNumber } from './arguments.ts'
import { checkServers, jsonOf, reportOf } from './check-result.ts'
import { type Command, DONE, NOT_ALIVE } from './command.ts'
import { listServerRows } from './server-rows.ts'

const DEFAULT_WARN_SECONDS = 60
const WARN_BOUNDS = [1, 31_536_000] as const
const NAME = 'check-heartbeats'

export const checkHeartbeats: Command = {
  name: NAME,
  usage: '[--warn-seconds N] [--verbose] [--json]',
  summary: 'Says which servers are not alive. For cron, and for other monitors.',
  details: `  --warn-seconds N  also name the servers that are alive but silent for more than N seconds (${DEFAULT_WARN_SECONDS})
  --verbose         name every server, and what was out of the ordinary in its heartbeats within a day
  --json            print the result as JSON

Suspended servers do not count. Time in which the hub could not have heard a server is no silence of the server's.

Ends with 0 when all servers are alive, 1 when some are OFFLINE or were never seen, 2 when it could not be checked.
A server that is only silent for more than N seconds is alive: it changes nothing about that.`,

  async run(args, shell) {
    const options = { 'warn-seconds': TEXT, verbose: FLAG, json: FLAG }
    const { values } = readArguments(NAME, args, options)
    const warnSeconds = wholeNumber(NAME, 'warn-seconds', values['warn-seconds'], WARN_BOUNDS) ?? DEFAULT_WARN_SECONDS
    const result = checkServers(
      await listServerRows(shell.hub(), {}, values.verbose ? { rhythm: true } : {}),
      warnSeconds,
    )
    shell.print(
      values.json ? JSON.stringify(jsonOf(result, values.verbose), null, 2) : reportOf(result, values.verbose),
    )
    return result.ok ? DONE : NOT_ALIVE
  },
}
