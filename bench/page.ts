/**
 * The page with a large fleet in a storm, by the browser's own metrics: `npm run bench:page`.
 *
 *   --servers N   how many servers there are (10000)
 *   --changes N   status changes a second (300)
 *   --storm S     how long the storm blows while the page is scrolled (30)
 *   --minutes M   how long memory is watched in the storm (1; ten say more)
 */
import { parseArgs } from 'node:util'
import { type BenchHub, startBenchHub } from './page/hub.ts'
import { openPage } from './page/open-page.ts'
import { startStorm } from './page/storm.ts'
import { table, writeResults } from './results.ts'

const { values } = parseArgs({
  options: {
    servers: { type: 'string', default: '10000' },
    changes: { type: 'string', default: '300' },
    storm: { type: 'string', default: '30' },
    minutes: { type: 'string', default: '1' },
  },
})
const servers = Number(values.servers)
const changes = Number(values.changes)
const stormSeconds = Number(values.storm)
const minutes = Number(values.minutes)

const hub: BenchHub = await startBenchHub(servers)
try {
  const load = await openPage(hub)
  const opened = await load.timings()
  const storm = startStorm(hub, changes)
  await load.settle()
  const busy = await load.scrollFor(stormSeconds * 1_000)
  const memory = await load.memoryOver(minutes * 60_000)
  const told = await storm.stop()
  await load.close()

  writeResults({
    key: 'page',
    title: `The page with ${servers} servers and ${changes} status changes a second`,
    command: `npm run bench:page -- --servers ${servers} --changes ${changes} --minutes ${minutes}`,
    body: [
      table(
        ['what', 'measured', 'to reach'],
        [
          ['first contentful paint', `${opened.firstPaintMs} ms`, 'under 1,000 ms'],
          ['interactive: the list is drawn and no long task follows', `${opened.interactiveMs} ms`, 'under 2,000 ms'],
          ['status changes that the hub made, a second', told.toFixed(0), String(changes)],
          ['longest task in the storm, while scrolling: work', `${busy.longestWorkMs} ms`, '100 ms or less'],
          ['the longest as the page saw it, with what the machine did meanwhile', `${busy.longestTaskMs} ms`, ''],
          ['main-thread work a frame while scrolling, p50', `${busy.frameP50Ms} ms`, ''],
          ['main-thread work a frame while scrolling, p95', `${busy.frameP95Ms} ms`, '16 ms or less'],
          ['frames', String(busy.frames), ''],
          [
            `heap after collection, first and last of ${memory.length} readings over ${minutes} min`,
            `${memory[0]} and ${memory.at(-1)} MB`,
            'flat',
          ],
          ['heap, highest', `${Math.max(...memory)} MB`, ''],
        ],
      ),
      '',
      'Work is processor time of the page’s main thread, in each 16.7 ms, from a trace of the browser. The browser, the hub, its PostgreSQL and what makes the storm share the machine.',
    ].join('\n'),
  })
} finally {
  await hub.stop()
}
