import { existsSync, readFileSync } from 'node:fs'

/**
 * Adds up vitest's reports and prints `N passed, N failed` alone on the last line. A failed step counts as a failure, and
 * so does a report that is missing, or a test that was skipped: nothing may be left out unseen.
 */
const [failedSteps = '0', ...reports] = process.argv.slice(2)

let passed = 0
let failed = 0
for (const path of reports) {
  if (!existsSync(path)) {
    process.stdout.write(`No report of the tests: ${path}\n`)
    failed += 1
    continue
  }
  const report = JSON.parse(readFileSync(path, 'utf8'))
  const skipped = report.numPendingTests + (report.numTodoTests ?? 0)
  if (skipped > 0) process.stdout.write(`${skipped} tests were skipped.\n`)
  passed += report.numPassedTests
  failed += report.numFailedTests + skipped + (report.numFailedTests === 0 && !report.success ? 1 : 0)
}
if (failed === 0) failed += Number(failedSteps)

process.stdout.write(`${passed} passed, ${failed} failed\n`)
process.exitCode = failed === 0 && passed > 0 ? 0 : 1
