import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { USAGE } from '../src/arguments.ts'
import type { FailureReason } from '../src/host.ts'
import type { CallOutcome } from '../src/hub-call.ts'
import type { Hub } from '../src/hub-url.ts'
import { describeFailure } from '../src/sentences.ts'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))
const guide = readFileSync(here('../README.md'), 'utf8')

const WITH_TOKEN: Hub = { secure: false, host: 'hub', port: 80, basePath: '', token: 'ssa_secret' }
const TOKENLESS: Hub = { ...WITH_TOKEN, token: undefined }

const REASONS: FailureReason[] = ['dns', 'refused', 'unreachable', 'timeout', 'reset', 'tls', 'protocol']
const OUTCOMES: CallOutcome[] = [
  ...REASONS.map((reason) => ({ kind: 'unreachable' as const, reason, detail: 'X' })),
  { kind: 'server-error', status: 500, retryAfterMs: 0 },
  { kind: 'rate-limited', retryAfterMs: 0 },
  { kind: 'unauthorised' },
  { kind: 'forbidden' },
  { kind: 'unknown-server' },
  { kind: 'rejected', code: 'BAD_USER_INPUT', message: 'No.' },
  { kind: 'rejected', code: 'GRAPHQL_VALIDATION_FAILED', message: 'No.' },
  { kind: 'redirected', to: 'http://elsewhere' },
  { kind: 'not-a-hub', status: 404 },
]

test('the guide knows every way to fail, in the words of the log', () => {
  const table = guide.slice(guide.indexOf('| the log says |')).split('\n\n', 1)[0] ?? ''
  const symptoms = [...table.matchAll(/^\| ([a-z][a-zA-Z ]+) \| /gm)].map(([, symptom]) => symptom as string)
  const sentences = [
    ...OUTCOMES.map((outcome) => describeFailure(WITH_TOKEN, outcome, 1)),
    describeFailure(TOKENLESS, { kind: 'unauthorised' }, 1),
  ]
  const unexplained = sentences.filter((sentence) => !symptoms.some((symptom) => sentence.includes(symptom)))
  const neverSaid = symptoms.slice(1).filter((symptom) => !sentences.some((sentence) => sentence.includes(symptom)))
  expect({ unexplained, neverSaid }).toEqual({ unexplained: [], neverSaid: [] })
})

test('the guide and the help name the same variables', () => {
  const named = (text: string) => [...new Set(text.match(/STACKSENSE_(?!OPEN)[A-Z_]+/g))].sort()
  expect(named(guide)).toEqual(named(USAGE))
})

test.runIf(spawnSync('systemd-analyze', ['--version']).status === 0)('the systemd unit is sound', () => {
  const folder = mkdtempSync(join(tmpdir(), 'stacksense-unit-'))
  const unit = readFileSync(here('../systemd/stacksense-agent.service'), 'utf8')
  const path = join(folder, 'stacksense-agent.service')
  writeFileSync(path, unit.replace('/usr/bin/node', process.execPath))
  try {
    expect(
      execFileSync('systemd-analyze', ['verify', path], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }),
    ).toBe('')
  } finally {
    rmSync(folder, { recursive: true })
  }
})
