import { expect, test } from 'vitest'
import type { SimulatedServer } from './fleet.ts'
import { overLossyNetwork } from './lossy-network.ts'

const acknowledged = { kind: 'acknowledged', ackedAt: 2, recordedAt: 1 } as const
const servers = Array.from({ length: 1_000 }, (_, id): SimulatedServer => ({ id: `${id}`, name: '', token: '' }))

test('so many servers are on a bad line, and so much is lost there, half of it on the way back', async () => {
  const send = overLossyNetwork(() => Promise.resolve(acknowledged), { share: 0.3, loss: 0.5, delayMs: 0 })
  const kinds: string[] = []
  for (let round = 0; round < 20; round++) {
    for (const { kind } of await Promise.all(servers.map(send))) kinds.push(kind)
  }
  const share = (kind: string) => kinds.filter((other) => other === kind).length / (0.3 * kinds.length)
  expect(share('unsent')).toBeCloseTo(0.25, 1)
  expect(share('unanswered')).toBeCloseTo(0.25, 1)
})
