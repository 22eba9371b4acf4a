import { startApp } from './app.ts'
import { readConfig } from './config.ts'
import { StartError } from './errors.ts'
import { createLog } from './log.ts'

/** After a signal everything is given this long to finish. */
const STOP_TIMEOUT_MS = 10_000

/** Starts the hub and stops it on SIGTERM or SIGINT: what `npm start` and `stacksense serve` both do. Ends the process. */
export async function serve(): Promise<void> {
  // Whoever read our progress may leave without ending us.
  process.stdout.on('error', () => undefined)
  process.once('beforeExit', endedWithoutAWord)

  try {
    const config = readConfig(process.env)
    const secrets = [config.bootstrapToken, config.databaseUrl].filter((secret) => secret !== undefined)
    const log = createLog({ level: config.logLevel, readable: process.stderr.isTTY === true, secrets })
    const app = await startApp(config, say, log)
    say('')
    say(`StackSense is ready at ${app.url}`)
    say(`Sign in, once and within 15 minutes: ${app.signInLink}`)
    say('')
    process.off('beforeExit', endedWithoutAWord)
    stopOnSignal(app.stop)
  } catch (error) {
    if (error instanceof StartError) return fail(error.message)
    fail(`StackSense could not start because of a defect.\n${(error as Error).stack ?? error}`)
  }
}

/** A start that waits for what can never come has nothing left to do, and Node would end it with nothing said. */
function endedWithoutAWord(): void {
  const left = process.getActiveResourcesInfo().join(', ') || 'nothing'
  fail(`StackSense could not start because of a defect: it waited for what can never come (left: ${left}).`)
}

function stopOnSignal(stop: () => Promise<void>): void {
  let stoppingSince: number | undefined
  const onSignal = async () => {
    // A terminal and npm may both pass on one Ctrl-C; whoever asks again later means it.
    if (stoppingSince !== undefined && performance.now() - stoppingSince > 1_000) process.exit(1)
    if (stoppingSince !== undefined) return
    stoppingSince = performance.now()
    say('Stopping …')
    setTimeout(() => fail('StackSense did not stop in time.'), STOP_TIMEOUT_MS).unref()
    await stop().catch((error: Error) => fail(`StackSense did not stop cleanly.\n${error.stack}`))
    process.exit(0)
  }
  process.on('SIGTERM', onSignal)
  process.on('SIGINT', onSignal)
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}

function fail(sentence: string): void {
  process.stderr.write(`${sentence}\n`)
  process.exit(1)
}
