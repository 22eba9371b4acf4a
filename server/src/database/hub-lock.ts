import { once } from 'node:events'
import { statSync } from 'node:fs'
import { connect, createServer, type Server } from 'node:net'
import { text } from 'node:stream/consumers'
import { StartError } from '../errors.ts'

const ANSWER_TIMEOUT_MS = 1_000

export interface HubLock {
  release(): void
}

/**
 * Makes this process the one hub of the data directory, until it releases the lock or dies.
 *
 * The lock is a listening socket in Linux's abstract name space: taken atomically, freed by the kernel the moment the
 * process is gone however it went, and never left behind as a file. Whoever finds it taken asks it for the holder.
 *
 * @throws StartError that names the holder
 */
export async function takeHubLock(dataDir: string): Promise<HubLock> {
  const { dev, ino } = statSync(dataDir)
  const name = `\0stacksense-hub-${dev}-${ino}`
  const server = createServer((asking) => {
    asking.on('error', () => {})
    asking.end(String(process.pid))
  })
  try {
    await listen(server, name)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
    throw new StartError(
      `The data directory ${dataDir} is in use by another hub (${await holderBehind(name)}). ` +
        'Stop that one, or set STACKSENSE_DATA_DIR to give this one its own.',
    )
  }
  server.unref()
  return { release: () => server.close() }
}

async function listen(server: Server, path: string): Promise<void> {
  server.listen({ path })
  await once(server, 'listening')
}

async function holderBehind(name: string): Promise<string> {
  const socket = connect({ path: name })
  socket.setTimeout(ANSWER_TIMEOUT_MS, () => socket.destroy(new Error('no answer')))
  try {
    return `process ${await text(socket)}`
  } catch {
    return 'a process that does not answer'
  }
}
