/**
 * The page with a large fleet in a storm, by the browser's own metrics: `npm run bench:page`.
 *
 *   --servers N   how many servers there are (10000)
 *   --changes N   status changes a second (300)
 *   --storm S     how long the page is scrolled in the storm (30)
 *   --minutes M   how long memory is watched in the storm (1; ten say more)
 *
 * BENCH_PROFILE names a folder for CPU profiles of the page.
 */
import { parseArgs } from 'node:util'
import { startBenchHub } from './page/hub.ts'
import { measure } from './page/measure.ts'
import { keepPriority } from './page/priority.ts'
import { report } from './page/report.ts'
import { writeResults } from './results.ts'

const { values } = parseArgs({
  options: {
    servers: { type: 'string', default: '10000' },
    changes: { type: 'string', default: '300' },
    storm: { type: 'string', default: '30' },
    minutes: { type: 'string', default: '1' },
  },
})
const { servers, changes, minutes } = values
const startedAt = performance.now()
const say = (line: string) =>
  process.stderr.write(`${Math.round((performance.now() - startedAt) / 1_000)} s: ${line}\n`)

const priority = keepPriority()
const bench = await startBenchHub(Number(servers))
try {
  say(`a hub with ${servers} servers at ${bench.hub.url}`)
  const measured = await measure(
    bench,
    { changes: Number(changes), stormMs: Number(values.storm) * 1_000, minutes: Number(minutes) },
    say,
  )
  const body = report(measured, { changes: Number(changes), minutes: Number(minutes) })
  writeResults({
    key: 'page',
    title: `The page with ${servers} servers and ${changes} status changes a second`,
    command: `npm run bench:page -- --servers ${servers} --changes ${changes} --minutes ${minutes}`,
    body,
  })
  process.stdout.write(`${body}\n`)
} finally {
  priority.stop()
  await bench.stop()
}
