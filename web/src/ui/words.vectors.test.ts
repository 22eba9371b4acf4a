import { describe, expect, test } from 'vitest'
import vectors from '../../../server/src/core/status.vectors.json'
import { NBSP } from './durations.ts'
import { nextChange, type Proof, proof } from './proof-words.ts'
import { kindOf, type ServerStatus, type StatusReason, statusWord } from './status.ts'

/** The hub's rule as data: each of its answers must be sayable, and say the figures that prove it. */

interface Expected {
  readonly status: string
  readonly reason: string
  readonly rule: string
  readonly evaluatedAt: string
  readonly lastHeartbeatAt: string | null
  readonly observedSilenceMs: number | null
  readonly limitMs: number
  readonly activeAlerts: number
  readonly activeAnomalies: number
  readonly nextTransitionAt: string | null
  readonly wouldBecome: { readonly status: string } | null
}

function proofOf(expected: Expected): Proof {
  return {
    rule: expected.rule as Proof['rule'],
    evaluatedAt: Date.parse(expected.evaluatedAt),
    lastHeartbeatAt: expected.lastHeartbeatAt === null ? null : Date.parse(expected.lastHeartbeatAt),
    silenceSeconds: expected.observedSilenceMs === null ? null : expected.observedSilenceMs / 1_000,
    limitSeconds: expected.limitMs / 1_000,
    activeAlerts: expected.activeAlerts,
    activeAnomalies: expected.activeAnomalies,
    nextTransitionAt: expected.nextTransitionAt === null ? null : Date.parse(expected.nextTransitionAt),
    wouldBecome: (expected.wouldBecome?.status ?? null) as ServerStatus | null,
  }
}

const time = (iso: string) => new Date(iso).toISOString().slice(11, 19)

describe.each(vectors as unknown as { name: string; expected: Expected }[])('$name', ({ expected }) => {
  const facts = proofOf(expected)
  const moment = { now: facts.evaluatedAt, live: true }
  const said = proof(facts, moment).replaceAll(NBSP, ' ')
  const next = nextChange(facts, moment).replaceAll(NBSP, ' ')

  test('its proof reads as words', () => {
    expect(statusWord(kindOf(expected.status as ServerStatus, expected.reason as StatusReason))).toMatch(/^[A-Za-z]+$/)
    expect(`${said} ${next}`).not.toMatch(/undefined|null|NaN|Infinity|\[object|Invalid| {2}/)
    expect(said).toMatch(/^[a-z0-9]/)
  })

  test('its proof shows the time that makes it so', () => {
    if (expected.rule === 'NEVER_SEEN') expect(said).toContain('waiting for its first heartbeat')
    else if (expected.lastHeartbeatAt === null) expect(said).toContain('no heartbeat yet')
    else expect(said).toContain(`${time(expected.lastHeartbeatAt)}`)
  })

  test('it says what will change it', () => {
    expect(next).toMatch(/\.$/)
    if (expected.nextTransitionAt) expect(next).toContain(`OFFLINE after`)
    if (expected.rule === 'SILENT_TOO_LONG') expect(next).toContain('Nothing changes by itself')
    if (expected.rule === 'SUSPENDED') expect(next).toContain('resumes')
  })
})

test('silence that we could not observe is named', () => {
  const hidden = (vectors as unknown as { expected: Expected }[])
    .map(({ expected }) => proofOf(expected))
    .filter((facts) => {
      const { lastHeartbeatAt, silenceSeconds, evaluatedAt, rule } = facts
      if (lastHeartbeatAt === null || silenceSeconds === null || !['ALIVE', 'SILENT_TOO_LONG'].includes(rule))
        return false
      return evaluatedAt - lastHeartbeatAt - silenceSeconds * 1_000 >= 1_000
    })
  expect(hidden.length).toBeGreaterThan(0)
  for (const facts of hidden)
    expect(proof(facts, { now: facts.evaluatedAt, live: true })).toContain('we could not observe')
})
