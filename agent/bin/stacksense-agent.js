#!/usr/bin/env node
// Committed, so that npm can link the command before the first build.
import { existsSync } from 'node:fs'

const bundle = new URL('../dist/stacksense-agent.js', import.meta.url)

if (existsSync(bundle)) {
  await import(bundle.href)
} else {
  process.stderr.write('stacksense-agent is not built yet: run "npm run build -w agent" in the repository.\n')
  process.exitCode = 2
}
