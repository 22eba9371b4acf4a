import type { Bench } from './part.ts'
import { PARTS } from './parts.ts'
import { writeResults } from './results.ts'
import { type Cluster, type ClusterKind, openCluster } from './stage/cluster.ts'
import { stopPrograms } from './stage/program.ts'

const USAGE = `Usage: npm run bench [-- PART …]

Measures, and writes what it found to bench/RESULTS.md. Without parts: all but those marked with *.

${PARTS.map(({ key, title, onlyByName }) => `  ${(key + (onlyByName ? ' *' : '')).padEnd(28)}${title}`).join('\n')}

STACKSENSE_BENCH_DATABASE_URL  a PostgreSQL to measure on; else Debian's, where it is installed, and the embedded one
BENCH_PROFILE                  a folder for CPU profiles of the hubs under test
`

function say(line: string): void {
  process.stderr.write(`${line}\n`)
}

async function main(names: readonly string[]): Promise<number> {
  const strange = names.filter((name) => !PARTS.some(({ key }) => key === name))
  if (strange.length > 0) {
    process.stdout.write(USAGE)
    return names.some((name) => name === '--help' || name === '-h') ? 0 : 2
  }
  const parts = PARTS.filter(({ key, onlyByName }) => (names.length > 0 ? names.includes(key) : !onlyByName))
  const clusters = new Map<ClusterKind, Promise<Cluster | undefined>>()
  const bench: Bench = {
    cluster: (kind) => {
      const open = clusters.get(kind) ?? openCluster(kind)
      clusters.set(kind, open)
      return open
    },
    log: say,
  }
  let stopping: Promise<void> | undefined
  const stopClusters = async () => {
    for (const open of clusters.values()) await (await open.catch(() => undefined))?.stop()
  }
  const stopAll = () => {
    stopping ??= stopPrograms().finally(stopClusters)
    return stopping
  }
  // Whoever gives up on us shall find neither hubs nor a PostgreSQL of ours tomorrow.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      say(`Ended by ${signal}.`)
      void stopAll().finally(() => process.exit(1))
    })
  }
  try {
    let failed = 0
    for (const part of parts) {
      if (stopping) break
      const startedAt = performance.now()
      say(`== ${part.key}: ${part.title}`)
      try {
        const body = await part.run(bench)
        writeResults({ key: part.key, title: part.title, command: `npm run bench -- ${part.key}`, body })
        process.stdout.write(`${body}\n`)
      } catch (error) {
        failed++
        if (!stopping) say(`${(error as Error).stack}`)
      }
      say(`== ${part.key}: ${Math.round((performance.now() - startedAt) / 1_000)} s`)
    }
    return failed > 0 ? 1 : 0
  } finally {
    await stopAll()
  }
}

process.exitCode = await main(process.argv.slice(2))
