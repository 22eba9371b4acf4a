import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { StartError } from '../server/src/errors.ts'
import { ApiError } from './api.ts'
import { findHub } from './hub-address.ts'
import { readOptions, USAGE, UsageError } from './options.ts'
import { formatReport } from './report.ts'
import { simulate } from './run.ts'

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)))

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2))
  if (options === 'help') {
    process.stdout.write(USAGE)
    return 0
  }
  const hub = findHub(options, process.env, ROOT)

  // The first Ctrl-C ends the run and judges it; the second ends the program.
  const interrupt = new AbortController()
  process.once('SIGINT', () => interrupt.abort())
  process.once('SIGTERM', () => interrupt.abort())

  const log = (line: string) => process.stderr.write(`${line}\n`)
  const result = await simulate({ hub, options, signal: interrupt.signal, log })
  process.stdout.write(`${options.json ? JSON.stringify(result, null, 2) : formatReport(result)}\n`)
  return result.ok ? 0 : 1
}

/** A mistake of the caller's, or a hub that cannot be judged, is one sentence; a defect of the simulator's is shown in full. */
function sentenceOf(error: unknown): string {
  if (error instanceof UsageError || error instanceof StartError || error instanceof ApiError) return error.message
  return error instanceof Error ? `${error.stack}` : String(error)
}

try {
  process.exitCode = await main()
} catch (error) {
  process.stderr.write(`${sentenceOf(error)}\n`)
  process.exitCode = 2
}
