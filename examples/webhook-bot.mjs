// Posts a sentence to a chat for each change of status: WEBHOOK_URL=https://… node examples/webhook-bot.mjs [cursor file]
// For Slack, Mattermost, Rocket.Chat and Google Chat; for Discord, put /slack behind the webhook's address.
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { openHub, pause } from './hub.mjs'
import { sentenceOf } from './sentence.mjs'

const url = process.env.WEBHOOK_URL
const file = process.argv[2] ?? 'webhook-bot.cursor'
const LONGEST_PAUSE_MS = 60_000
const TIMEOUT_MS = 10_000

/** A suspension notifies nobody, and a server that waits for its first heartbeat neither. */
const filter = { reasons: ['HEALTHY', 'ACTIVE_ALERTS', 'ACTIVE_ANOMALIES', 'HEARTBEAT_EXPIRED'] }

if (!url) {
  process.stderr.write('WEBHOOK_URL is not set.\n')
  process.exit(2)
}
const hub = openHub()
if (!existsSync(file)) keep(await hub.newestCursor())
hub.follow({ after: readFileSync(file, 'utf8').trim(), filter }, async (event) => {
  await deliver(event)
  keep(event.cursor)
})

/** Tries until the chat has it, or refuses for good: then the program ends, and its next start begins with this event. */
async function deliver(event) {
  for (let pauseMs = 1_000; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
    const { status, retryAfterMs, problem } = await post(event)
    if (status >= 200 && status < 300) return
    if (status >= 400 && status < 500 && status !== 408 && status !== 429) {
      throw new Error(`The chat refused with ${status}. Is WEBHOOK_URL right?`)
    }
    process.stderr.write(`Not delivered (${problem ?? status}); trying again.\n`)
    await pause(retryAfterMs || pauseMs)
  }
}

async function post(event) {
  // The key stays the same when the bot is killed before it has noted the delivery: a receiver can tell the repetition.
  const headers = { 'content-type': 'application/json', 'idempotency-key': event.cursor }
  const body = JSON.stringify({ text: sentenceOf(event) })
  try {
    const answer = await fetch(url, { method: 'POST', headers, body, signal: AbortSignal.timeout(TIMEOUT_MS) })
    await answer.body?.cancel()
    return { status: answer.status, retryAfterMs: 1_000 * Number(answer.headers.get('retry-after')) }
  } catch (error) {
    return { problem: error.cause?.message ?? error.message }
  }
}

/** Replaced as a whole: no crash leaves half a cursor. */
function keep(cursor) {
  writeFileSync(`${file}.new`, `${cursor}\n`)
  renameSync(`${file}.new`, file)
}
