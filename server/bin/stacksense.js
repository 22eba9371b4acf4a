#!/usr/bin/env node
import { existsSync } from 'node:fs'

// Committed, so that npm can link it before anything is built. Any Node can read it; the rest needs a newer one.
const OLDEST = [22, 17]
const PROGRAM = new URL('../dist/cli/main.js', import.meta.url)

const [major, minor] = process.versions.node.split('.').map(Number)

if (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1])) {
  fail(`stacksense needs Node ${OLDEST.join('.')} or newer; this is ${process.versions.node}.`)
} else if (!existsSync(PROGRAM)) {
  fail('stacksense is not built yet: run npm run build first.')
} else {
  await import(PROGRAM.href).catch((error) => fail(`stacksense is not installed as it should be: ${error.stack}`))
}

// Not 1: that would mean that a server is not alive.
function fail(sentence) {
  process.stderr.write(`${sentence}\n`)
  process.exitCode = 2
}
