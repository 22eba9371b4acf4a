// Says every change of status, each exactly once: node examples/bot.mjs [file]
// It writes each event as one line of the file. The last line holds the cursor to go on from, even after kill -9.
import { appendFileSync } from 'node:fs'
import { openHub } from './hub.mjs'
import { lastLine } from './last-line.mjs'

const file = process.argv[2] ?? 'events.jsonl'
const keep = (entry) => appendFileSync(file, `${JSON.stringify(entry)}\n`)
const hub = openHub()
if (!lastLine(file)) keep({ cursor: await hub.newestCursor() })
hub.follow({ after: lastLine(file).cursor }, (event) => {
  keep(event)
  process.stdout.write(`${event.at} ${event.server.name} is ${event.to} (${event.reason})\n`)
})
