import { existsSync, readFileSync } from 'node:fs'

/**
 * Adds up vitest's reports and prints `N passed, N failed` alone on the last line. A failed step counts as a failure, and
 * so does a report that is missing, and a browser, database, fault or agent test that was skipped: none of those may be left
 * out unseen.
 */
const [failedSteps = '0', ...reports] = process.argv.slice(2)

interface Report {
  readonly success: boolean
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly testResults: readonly {
    readonly name: string
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[]
  }[]
}

const NEVER_SKIPPED = /\/(e2e|server\/test|faults|agent)\//

let passed = 0
let failed = 0
for (const path of reports) {
  if (!existsSync(path)) {
    process.stdout.write(`No report of the tests: ${path}\n`)
    failed += 1
    continue
  }
  const report: Report = JSON.parse(readFileSync(path, 'utf8'))
  const skipped = report.testResults.flatMap(({ name, assertionResults }) =>
    assertionResults
      .filter(({ status }) => status !== 'passed' && status !== 'failed')
      .map(({ fullName }) => ({ name, fullName })),
  )
  for (const { name, fullName } of skipped) process.stdout.write(`Skipped: ${name}: ${fullName}\n`)
  passed += report.numPassedTests
  failed += report.numFailedTests + skipped.filter(({ name }) => NEVER_SKIPPED.test(name)).length
  if (!report.success && report.numFailedTests === 0) failed += 1
}
if (failed === 0) failed += Number(failedSteps)

process.stdout.write(`${passed} passed, ${failed} failed\n`)
process.exitCode = failed === 0 && passed > 0 ? 0 : 1
