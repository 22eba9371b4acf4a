import { createInterface } from 'node:readline'
import { chooseDataDir } from '../../src/database/data-dir.ts'
import { openEmbedded } from '../../src/database/embedded.ts'
import type { EmbeddedProcessOptions } from './embedded-scene.ts'

/** A hub reduced to its database, as a program of its own that can be killed: it says `ready` or why not, and obeys `stop`. */
const options: EmbeddedProcessOptions = JSON.parse(process.argv[2] ?? '{}')

// Everything is loaded by now, so that this user need not be able to read the sources.
if (options.user !== undefined) {
  process.setgroups?.([])
  process.setgid?.(options.user)
  process.setuid?.(options.user)
}
process.on('SIGINT', () => undefined)

function say(message: object): void {
  process.stdout.write(`${JSON.stringify(message)}\n`)
}

try {
  const dataDir = chooseDataDir({
    chosen: options.chosen,
    embedded: true,
    cwd: options.cwd ?? process.cwd(),
    systemDataDir: options.systemDataDir ?? '/nonexistent/never-in-a-test',
  })
  const { packageDir } = options
  const log = (line: string) => say({ kind: 'log', line })
  const database = await openEmbedded({ dataDir, log, ...(packageDir ? { packageDir } : {}) })
  say({ kind: 'ready', dataDir, connection: database.connection })
  for await (const line of createInterface({ input: process.stdin })) if (line === 'stop') break
  await database.stop()
  process.exit(0)
} catch (error) {
  const { name, message } = error as Error
  say({ kind: 'refused', name, message })
  process.exit(1)
}
