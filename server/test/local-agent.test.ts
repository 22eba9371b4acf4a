import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { describe, expect, onTestFinished, test } from 'vitest'
import { startLocalAgent } from '../src/local-agent.ts'
import { registerThisMachine } from '../src/local-server.ts'
import { deleteServer, findServers } from '../src/store/servers.ts'
import { Store } from '../src/store/store.ts'
import { addServer, freshDatabase } from './support/hub-scene.ts'

const MACHINE = '0123456789abcdef0123456789abcdef'

/** A stand-in for the agent: writes down how it was started and ends as it is told. */
const AGENT = `
import { appendFileSync } from 'node:fs'
const note = (what) => appendFileSync(process.env.STACKSENSE_API_URL.slice(7), what + '\\n')
process.on('SIGTERM', () => { note('ended'); process.exit(0) })
note('started ' + process.pid + ' ' + process.env.STACKSENSE_SERVER_ID + ' ' + process.argv.slice(2).join(' '))
setInterval(() => {}, 1_000)
console.log('2026-01-01T00:00:00.000Z hello from the agent')
`

/** A database and a machine with a data directory; `next()` is another data directory on the same machine. */
async function scene() {
  const database = await freshDatabase()
  const store = await Store.open(database.connection)
  onTestFinished(() => store.close())
  const logged: string[] = []
  const log = pino({}, { write: (line) => void logged.push(line) })
  const next = () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'stacksense-local-'))
    onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }))
    const machineIdFile = join(dataDir, 'etc-machine-id')
    writeFileSync(machineIdFile, `${MACHINE}\n`)
    writeFileSync(join(dataDir, 'agent.mjs'), AGENT)
    return { store, dataDir, log, machineIdFile }
  }
  return { store, logged, next, options: next() }
}

describe('this machine is registered', () => {
  test('once, with its name and a token that only its owner reads', async () => {
    const { store, options } = await scene()
    const server = await registerThisMachine(options)
    expect((await findServers(store, [1])).get(1)).toMatchObject({ name: hostname(), offlineAfterSeconds: 60 })
    expect(statSync(join(options.dataDir, 'local-agent')).mode & 0o777).toBe(0o600)
    expect(await registerThisMachine(options)).toEqual(server)
  })

  test('under another name where its own is taken', async () => {
    const { store, options } = await scene()
    await addServer(store, { name: hostname() })
    const server = await registerThisMachine(options)
    const { name } = (await findServers(store, [server?.serverId ?? 0])).get(server?.serverId ?? 0) ?? {}
    expect(name).toBe(`${hostname()}-012345`)
  })

  test('by a random id that stays with the data where the machine has none', async () => {
    const { options } = await scene()
    writeFileSync(options.machineIdFile, 'uninitialized\n')
    const server = await registerThisMachine(options)
    rmSync(join(options.dataDir, 'local-agent'))
    expect(await registerThisMachine(options)).toMatchObject({ serverId: server?.serverId })
    expect(readFileSync(join(options.dataDir, 'machine-id'), 'utf8')).toMatch(/^[0-9a-f]{32}\n$/)
  })

  test('again with a new token where the old one was lost and nobody reports', async () => {
    const { options, next } = await scene()
    const server = await registerThisMachine(options)
    const found = await registerThisMachine(next())
    expect(found).toMatchObject({ serverId: server?.serverId })
    expect(found?.token).not.toBe(server?.token)
  })

  test('not by a second hub while the agent of the first reports', async () => {
    const { store, options, next, logged } = await scene()
    const server = await registerThisMachine(options)
    await store.pool.query(`update server set status = 'ONLINE', status_reason = 'HEALTHY'`)
    expect(await registerThisMachine(next())).toBeUndefined()
    expect(logged.join('')).toContain('Another agent')
    expect(await registerThisMachine(options)).toEqual(server)
  })

  test('not again where somebody deleted it', async () => {
    const { store, options, logged } = await scene()
    const server = await registerThisMachine(options)
    await deleteServer(store, server?.serverId ?? 0)
    expect(await registerThisMachine(options)).toBeUndefined()
    expect(logged.join('')).toContain('remove')
  })
})

describe('its agent', () => {
  const notes = (file: string): string[] => {
    try {
      return readFileSync(file, 'utf8').trim().split('\n')
    } catch {
      return []
    }
  }
  const pidOf = (line: string | undefined) => Number(line?.split(' ')[1])

  async function startAgent() {
    const { options, logged } = await scene()
    const file = join(options.dataDir, 'notes')
    const program = join(options.dataDir, 'agent.mjs')
    const agent = await startLocalAgent({ ...options, program, url: `http://${file}` })
    onTestFinished(() => agent.stop())
    await expect.poll(() => notes(file)).toHaveLength(1)
    return { agent, file, logged, options }
  }

  test('gets its token in a way that no other user sees, and ends with the hub', async () => {
    const { agent, file, options } = await startAgent()
    expect(notes(file)[0]).toMatch(/^started \d+ 1$/)
    const { token } = JSON.parse(readFileSync(join(options.dataDir, 'local-agent'), 'utf8'))
    expect(readFileSync(`/proc/${pidOf(notes(file)[0])}/cmdline`, 'utf8')).not.toContain(token)
    await agent.stop()
    expect(notes(file)).toHaveLength(2)
    expect(notes(file)[1]).toBe('ended')
  })

  test('is started again when it dies', async () => {
    const { file, logged } = await startAgent()
    process.kill(pidOf(notes(file)[0]), 'SIGKILL')
    await expect.poll(() => notes(file)).toHaveLength(2)
    await expect.poll(() => logged.join('')).toContain('hello from the agent') // the first may have died before it said so
    expect(logged.join('')).toContain('started again')
  })

  test('that has not been built costs the hub nothing', async () => {
    const { options, logged } = await scene()
    const agent = await startLocalAgent({ ...options, program: '/nowhere/agent.js', url: 'http://127.0.0.1:1' })
    await agent.stop()
    expect(logged.join('')).toContain('has not been built')
  })
})
