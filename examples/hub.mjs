// What both bots share: finds a hub, follows its feed, and never gives up. Copy it with them: npm install graphql-ws ws
import { readFileSync } from 'node:fs'
import { createClient } from 'graphql-ws'
import WebSocket from 'ws'

/** The hub pings every 10 s, so this much silence means that the line is dead. */
const DEAD_AFTER_MS = 25_000
const RETRY_MS = 1_000

/** After these the feed is resumed; any other refusal needs a person. */
const RESUMABLE = ['SLOW_CONSUMER', 'UNAVAILABLE', 'RATE_LIMITED']

const NEWEST = '{ fleet { cursor } }'
const FEED = `subscription ($after: String, $filter: StatusEventFilter) {
  serverStatusChanged(after: $after, filter: $filter) {
    cursor at server { id name } from fromReason to reason lastHeartbeatAt gap { from until } farewell { reason expectedBackAt }
  }
}`

/** One connection to the hub, made when it is needed and made again whenever it is lost. */
export function openHub() {
  const { urls, token } = findHub()
  let attempt = 0
  let watchdog
  const isAlive = () => {
    clearTimeout(watchdog)
    watchdog = setTimeout(() => client.terminate(), DEAD_AFTER_MS)
  }
  const client = createClient({
    webSocketImpl: WebSocket,
    url: () => `${urls[attempt++ % urls.length].replace(/^http/, 'ws').replace(/\/+$/, '')}/graphql`,
    connectionParams: { authorization: `Bearer ${token}` },
    retryAttempts: Number.POSITIVE_INFINITY,
    retryWait: () => pause(RETRY_MS * (0.5 + Math.random())),
    shouldRetry: () => true,
    on: { connecting: isAlive, message: isAlive, closed: () => clearTimeout(watchdog) },
  })

  /** The cursor of this moment: the feed after it holds everything that happens from now on. */
  async function newestCursor() {
    try {
      for await (const { data, errors } of client.iterate({ query: NEWEST }))
        return errors ? fail(errors) : data.fleet.cursor
    } catch (error) {
      fail(error)
    }
  }

  /** Hands over every event after the cursor, one at a time and in order, until the program ends. */
  function follow({ after, filter }, onEvent) {
    let handled = Promise.resolve()
    let incomplete = false
    const subscribe = () => {
      // The client sends its variables anew with each connection: the getter makes it resume where it is.
      const variables = {
        filter,
        get after() {
          incomplete = false
          return after
        },
      }
      client.subscribe(
        { query: FEED, variables },
        {
          next({ data, errors }) {
            // An event that the hub could not read is asked for again, before those behind it.
            incomplete ||= Boolean(errors)
            if (errors) client.terminate()
            if (incomplete) return
            const event = data.serverStatusChanged
            after = event.cursor
            handled = handled.then(() => onEvent(event)).catch(fail)
          },
          error: (error) => (RESUMABLE.includes(codeOf(error)) ? resume() : fail(error)),
          complete: () => resume(),
        },
      )
    }
    const resume = () => setTimeout(subscribe, RETRY_MS)
    subscribe()
  }

  return { newestCursor, follow }
}

/** By STACKSENSE_API_URL (several: separated by commas) and STACKSENSE_TOKEN, else the hub that serves the data directory here. */
function findHub({ STACKSENSE_API_URL: urls, STACKSENSE_TOKEN: token, STACKSENSE_DATA_DIR: dataDir } = process.env) {
  if (urls && !token) fail(new Error('STACKSENSE_TOKEN is needed with STACKSENSE_API_URL.'))
  if (urls) return { urls: urls.split(',').map((url) => url.trim()), token }
  for (const folder of dataDir ? [dataDir] : ['.stacksense', '/var/lib/stacksense']) {
    try {
      const hub = JSON.parse(readFileSync(`${folder}/hub.json`, 'utf8'))
      if (hub.url) return { urls: [hub.url], token: token || hub.token }
    } catch {
      // Not here.
    }
  }
  return fail(new Error('No hub found: set STACKSENSE_API_URL and STACKSENSE_TOKEN, or STACKSENSE_DATA_DIR.'))
}

const codeOf = (error) => (Array.isArray(error) ? error[0]?.extensions?.code : undefined)

export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

/** Ends the program with a sentence. What was refused: GraphQL errors, or a closing of the socket such as 4401. */
export function fail(error) {
  const { code, reason, message } = Array.isArray(error) ? error[0] : error
  const label = codeOf(error) ?? code
  process.stderr.write(`${[label, reason || message || 'The hub refused.'].filter(Boolean).join(': ')}\n`)
  process.exit(1)
}
