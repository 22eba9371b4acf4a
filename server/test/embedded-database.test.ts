import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { embeddedPackageDir } from '../src/database/binaries.ts'
import { EmbeddedProcess, IS_ROOT, NOBODY, openFolder, ownerOf } from './support/embedded-scene.ts'

/** Each test starts up to three programs, and makes a cluster. */
vi.setConfig({ testTimeout: 120_000 })
const PATIENCE_MS = 60_000

/** A folder that only root can enter. */
function closedFolder(): string {
  const folder = join(openFolder(), 'closed')
  mkdirSync(folder, { mode: 0o700 })
  return folder
}

async function started(dataDir = join(openFolder(), 'data')): Promise<EmbeddedProcess> {
  const hub = new EmbeddedProcess({ chosen: dataDir })
  await hub.ready()
  return hub
}

function namesIn(dataDir: string): string[] {
  const names = ['', 'postgres'].map((folder) => {
    const path = join(dataDir, folder)
    return existsSync(path) ? readdirSync(path).map((name) => join(folder, name)) : []
  })
  return names.flat()
}

/** A hub that has ended in order and left its data. */
async function stoppedDataDir(): Promise<string> {
  const hub = await started()
  await hub.stop()
  return (await hub.ready()).dataDir
}

describe('a PostgreSQL of its own', () => {
  test('is durable, speaks UTF8 and UTC, and listens on no network', async () => {
    const hub = await started()
    const [settings] = await hub.query(`
      SELECT current_database() AS database, current_setting('server_version_num')::int / 10000 AS version,
             current_setting('fsync') AS fsync, current_setting('synchronous_commit') AS commit,
             current_setting('server_encoding') AS encoding, current_setting('TimeZone') AS zone,
             current_setting('listen_addresses') AS network, lower('ÄÖ') AS lower`)
    expect(settings).toEqual({
      database: 'stacksense',
      version: 18,
      fsync: 'on',
      commit: 'on',
      encoding: 'UTF8',
      zone: 'UTC',
      network: '',
      lower: 'äö',
    })
  })

  test('lets nobody else in: every folder is closed, the socket with them', async () => {
    const { dataDir } = await (await started()).ready()
    for (const name of ['', 'cluster', 'socket', 'log']) {
      expect(statSync(join(dataDir, 'postgres', name)).mode & 0o777).toBe(0o700)
    }
  })

  test('ends in order with its hub, and keeps what was written', async () => {
    const hub = await started()
    await hub.query('CREATE TABLE kept AS SELECT 42 AS answer')
    await hub.stop()
    expect(await hub.postgresProcesses()).toEqual([])

    const next = await started((await hub.ready()).dataDir)
    expect(await next.query('SELECT answer FROM kept')).toEqual([{ answer: 42 }])
  })

  test('has its socket elsewhere when the path would be too long, and tidies up', async () => {
    const hub = await started(join(openFolder(), 'long'.repeat(30)))
    const { host = '' } = (await hub.ready()).connection
    expect(Buffer.byteLength(host)).toBeLessThan(90)
    expect(statSync(host).mode & 0o777).toBe(0o700)
    await hub.stop()
    expect(existsSync(host)).toBe(false)
  })
})

describe('who it runs as', () => {
  test.runIf(IS_ROOT)('as nobody, where root runs the hub', async () => {
    for (const pid of await (await started()).postgresProcesses()) expect(ownerOf(pid)).toBe(NOBODY)
  })

  test.runIf(IS_ROOT)('as the owner of the data directory, where root runs the hub', async () => {
    const dataDir = openFolder()
    chownSync(dataDir, 1, 1)
    for (const pid of await (await started(dataDir)).postgresProcesses()) expect(ownerOf(pid)).toBe(1)
  })

  test.runIf(IS_ROOT)('as the ordinary user that runs the hub', async () => {
    const folder = openFolder()
    chownSync(folder, NOBODY, NOBODY)
    const packageDir = join(openFolder(), 'package')
    cpSync(embeddedPackageDir(), packageDir, { recursive: true, verbatimSymlinks: true })
    const hub = new EmbeddedProcess({ chosen: join(folder, 'data'), user: NOBODY, packageDir })
    await hub.ready()
    for (const pid of await hub.postgresProcesses()) expect(ownerOf(pid)).toBe(NOBODY)
    expect(statSync(join(folder, 'data')).mode & 0o777).toBe(0o700)
  })
})

describe('below a folder that is closed to others', () => {
  test.runIf(IS_ROOT)('the binaries are copied, and the data goes to the system directory', async () => {
    const clone = closedFolder()
    const packageDir = join(clone, 'package')
    cpSync(embeddedPackageDir(), packageDir, { recursive: true, verbatimSymlinks: true })
    const systemDataDir = join(openFolder(), 'lib/stacksense')
    const hub = new EmbeddedProcess({ cwd: clone, systemDataDir, packageDir })
    expect((await hub.ready()).dataDir).toBe(systemDataDir)
    expect(readdirSync(join(systemDataDir, 'postgres'))).toContainEqual(expect.stringMatching(/^binaries-\d/))
  })

  test.runIf(IS_ROOT)('a data directory that was chosen there is refused', async () => {
    const chosen = join(closedFolder(), 'data')
    expect(await new EmbeddedProcess({ chosen }).refusal()).toMatch(/^StartError: STACKSENSE_DATA_DIR: .*cannot enter/)
    expect(existsSync(chosen)).toBe(false)
  })

  test('links that npm did not make between the libraries are made in a copy', async () => {
    const packageDir = join(openFolder(), 'package')
    cpSync(embeddedPackageDir(), packageDir, { recursive: true, verbatimSymlinks: true })
    rmSync(join(packageDir, 'native/lib/libpq.so.5'), { force: true })
    const hub = new EmbeddedProcess({ chosen: join(openFolder(), 'data'), packageDir })
    expect(await hub.query('SELECT 1 AS one')).toEqual([{ one: 1 }])
  })
})

describe('a hub that dies', () => {
  test('leaves no PostgreSQL behind, even by kill -9', async () => {
    const hub = await started()
    expect(await hub.postgresProcesses()).not.toEqual([])
    await hub.kill()
    await expect.poll(() => hub.postgresProcesses(), { timeout: PATIENCE_MS }).toEqual([])
  })

  test('by kill -9 is followed by another at once, which finds everything that was committed', async () => {
    const hub = await started()
    await hub.query('CREATE TABLE kept AS SELECT 42 AS answer')
    await hub.kill()
    const next = await started((await hub.ready()).dataDir)
    expect(await next.query('SELECT answer FROM kept')).toEqual([{ answer: 42 }])
  })

  test.each([
    ['as it makes its folders', /^postgres$/],
    ['as it creates the cluster', /^postgres\/cluster/], // unfinished, unless that was over between two looks
    ['as the cluster is done', /^postgres\/cluster$/],
  ])('during its very first start, %s, is followed by another', async (_, sight) => {
    const dataDir = join(openFolder(), 'data')
    const killed = new EmbeddedProcess({ chosen: dataDir })
    await expect
      .poll(() => namesIn(dataDir), { timeout: PATIENCE_MS, interval: 2 })
      .toContainEqual(expect.stringMatching(sight))
    await killed.kill()
    expect(await (await started(dataDir)).query('SELECT 1 AS one')).toEqual([{ one: 1 }])
    expect(namesIn(dataDir)).not.toContainEqual(expect.stringContaining('unfinished'))
  })

  test('is not its PostgreSQL: Ctrl-C reaches the hub alone', async () => {
    const hub = await started()
    process.kill(-(hub.process.pid as number), 'SIGINT')
    expect(await hub.query('SELECT 1 AS one')).toEqual([{ one: 1 }])
    await hub.stop()
  })
})

test('a PostgreSQL that is killed is started again', async () => {
  const hub = await started()
  const [row] = await hub.query<{ pid: string }>(`SELECT split_part(pg_read_file('postmaster.pid'), E'\\n', 1) AS pid`)
  process.kill(Number(row?.pid), 'SIGKILL')
  await expect.poll(() => hub.query('SELECT 1 AS one').catch(() => []), { timeout: PATIENCE_MS }).toEqual([{ one: 1 }])
  expect(hub.logged).toContainEqual(expect.stringContaining('is started again'))
})

describe('a data directory in use', () => {
  test('is refused with the process that holds it, which goes on undisturbed', async () => {
    const hub = await started()
    const { dataDir } = await hub.ready()
    const refusal = await new EmbeddedProcess({ chosen: dataDir }).refusal()
    expect(refusal).toContain(`${dataDir} is in use by another hub (process ${hub.process.pid}).`)
    expect(await hub.query('SELECT 1 AS one')).toEqual([{ one: 1 }])
  })

  test('goes to exactly one of two hubs that start together', async () => {
    const dataDir = join(openFolder(), 'data')
    mkdirSync(dataDir)
    const hubs = [1, 2].map(() => new EmbeddedProcess({ chosen: dataDir }))
    const outcomes = await Promise.all(hubs.map((hub) => hub.outcome))
    expect(outcomes.map(({ kind }) => kind).sort()).toEqual(['ready', 'refused'])
  })

  test.each([
    ['a stranger', 'echo $$; exec sleep 60'],
    ['a zombie', 'sleep 0 & echo $!; exec sleep 60'],
  ])('is not one whose lock file names %s', async (_, script) => {
    const dataDir = await stoppedDataDir()
    const owner = statSync(join(dataDir, 'postgres/cluster'))
    const other = spawn('sh', ['-c', script], { uid: owner.uid, gid: owner.gid, stdio: ['ignore', 'pipe', 'ignore'] })
    onTestFinished(() => void other.kill('SIGKILL'))
    const [pid] = await once(createInterface({ input: other.stdout }), 'line')
    const lockFile = join(dataDir, 'postgres/cluster/postmaster.pid')
    writeFileSync(lockFile, `${pid}\n${join(dataDir, 'postgres/cluster')}\n1\n5432\n\n\n\n`)
    chownSync(lockFile, owner.uid, owner.gid)
    chmodSync(lockFile, 0o600)

    expect(await (await started(dataDir)).query('SELECT 1 AS one')).toEqual([{ one: 1 }])
  })

  test('by another version of PostgreSQL is refused untouched', async () => {
    const dataDir = await stoppedDataDir()
    writeFileSync(join(dataDir, 'postgres/cluster/PG_VERSION'), '17\n')
    expect(await new EmbeddedProcess({ chosen: dataDir }).refusal()).toContain('was made by PostgreSQL 17')
  })
})
