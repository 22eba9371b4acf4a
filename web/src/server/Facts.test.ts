import { expect, test } from 'vitest'
import Facts from './Facts.vue'
import { partOfPage, serverOf } from './server-scene.ts'

test('an agent that the hub’s script installed is updated by it', async () => {
  const server = serverOf('1', {
    heartbeat: { agentVersion: '1.0.0', agentStartedAt: null, bootId: null },
    createdAt: '2026-11-24T12:00:00Z',
  } as never)
  const { wrapper } = await partOfPage(Facts, { server })
  const [script, byHand] = wrapper.findAll('.update-agent .code').map((code) => code.text())
  expect(script).toContain(`curl -fsSL ${location.origin}/install.sh | sudo sh`)
  expect(byHand).toContain('/opt/stacksense/stacksense-agent.mjs')
  wrapper.unmount()
})
