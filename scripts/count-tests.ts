import { existsSync, readFileSync } from 'node:fs'
import { relative } from 'node:path'
import { stripVTControlCharacters } from 'node:util'

/**
 * Adds up vitest's reports and prints `N passed, N failed` alone on the last line, and before it what failed and why, so that
 * the end of a long log is enough to know. A failed step counts as a failure, and so does a report that is missing, and a
 * browser, database, fault or agent test that was skipped: none of those may be left out unseen.
 */
const [failedSteps = '0', ...reports] = process.argv.slice(2)

interface Report {
  readonly success: boolean
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly testResults: readonly {
    readonly name: string
    readonly message: string
    readonly assertionResults: readonly {
      readonly status: string
      readonly fullName: string
      readonly failureMessages: readonly string[]
    }[]
  }[]
}

const NEVER_SKIPPED = /\/(e2e|server\/test|faults|agent)\//

/** How much of a failure's message and stack is said again. */
const LINES_OF_FAILURE = 12

function tell(what: string, file: string, name: string, why: readonly string[] = []): void {
  process.stdout.write(`${what}: ${relative('.', file)}: ${name}\n`)
  const lines = stripVTControlCharacters(why.join('\n')).split('\n')
  const telling = lines.filter((line) => line !== '' && !line.includes('/node_modules/') && !line.includes('(node:'))
  for (const line of telling.slice(0, LINES_OF_FAILURE)) process.stdout.write(`    ${line}\n`)
}

let passed = 0
let failed = 0
for (const path of reports) {
  if (!existsSync(path)) {
    process.stdout.write(`No report of the tests: ${path}\n`)
    failed += 1
    continue
  }
  const report: Report = JSON.parse(readFileSync(path, 'utf8'))
  passed += report.numPassedTests
  failed += report.numFailedTests
  for (const { name: file, message, assertionResults } of report.testResults) {
    // A suite that could not begin has no tests, only a message.
    if (message !== '') tell('Failed', file, 'the suite', [message])
    for (const { status, fullName, failureMessages } of assertionResults) {
      // What passed on a second try tells of its first.
      if (status === 'passed' && failureMessages.length > 0) tell('Tried again', file, fullName, failureMessages)
      if (status === 'passed') continue
      tell(status === 'failed' ? 'Failed' : 'Skipped', file, fullName, failureMessages)
      if (status !== 'failed' && NEVER_SKIPPED.test(file)) failed += 1
    }
  }
  if (!report.success && report.numFailedTests === 0) failed += 1
}
if (failed === 0) failed += Number(failedSteps)

process.stdout.write(`${passed} passed, ${failed} failed\n`)
process.exitCode = failed === 0 && passed > 0 ? 0 : 1
