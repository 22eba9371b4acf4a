import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type AgentHost, AgentProcess, environment, Hub, until } from './agent-process.ts'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'stacksense-measuring-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

/** What the agent tells of the machine on this host. */
export function describeMeasuring({ name, command }: AgentHost): void {
  describe(`the metrics of the agent on ${name}`, () => {
    const start = (env: Record<string, string>) => new AgentProcess(command(), [], env)

    test('measures the machine it runs on', async () => {
      const hub = await new Hub().start()
      start(environment(hub.url, { STACKSENSE_METRICS_INTERVAL: '3' }))
      const metrics = () => hub.beats.map(({ body }) => body).find((body) => body.operationName === 'RecordMetrics')
      await until(() => metrics() !== undefined)
      const input = metrics()?.variables?.input
      expect(input).toMatchObject({
        cpuPercent: expect.any(Number),
        memoryPercent: expect.any(Number),
        load1: expect.any(Number),
        uptimeSeconds: expect.any(Number),
        processes: expect.any(Number),
        disks: expect.arrayContaining([expect.objectContaining({ mount: '/', usedPercent: expect.any(Number) })]),
      })
      expect(input).not.toHaveProperty('topProcesses')
    })

    test('names the processes that take most where it is asked to, and nothing else of them', async () => {
      const hub = await new Hub().start()
      const script = join(folder, `busy-bee-${name.length}`)
      writeFileSync(script, '#!/bin/sh\nwhile :; do :; done\n', { mode: 0o700 })
      const bee = new AgentProcess([script], ['--password=ssa_secret_of_a_bee'], { BEE: 'ssa_secret_of_a_bee' })
      start(environment(hub.url, { STACKSENSE_METRICS_INTERVAL: '2', STACKSENSE_TOP_PROCESSES: '10' }))
      const found = () =>
        hub.beats
          .flatMap(({ body }) => [body.variables?.input ?? []].flat())
          .flatMap(({ topProcesses }) => topProcesses ?? [])
          .find(({ pid }) => pid === bee.child.pid)
      await until(() => found() !== undefined)
      const busy = found()
      expect(busy).toEqual({
        pid: bee.child.pid,
        name: script.slice(folder.length + 1),
        cpuPercent: expect.any(Number),
        memoryBytes: expect.any(Number),
      })
      expect(busy?.cpuPercent).toBeGreaterThan(0)
      expect(busy?.memoryBytes).toBeGreaterThan(100_000)
      expect(JSON.stringify(hub.beats)).not.toContain('ssa_secret_of_a_bee')
    })

    test('delivers what it measured while the hub was away, with its age', async () => {
      const hub = await new Hub().start()
      const agent = start(
        environment(hub.url, { STACKSENSE_METRICS_INTERVAL: '1', STACKSENSE_BUFFER_FILE: '/dev/full' }),
      )
      await until(() => agent.lines.length >= 2)
      hub.stop()
      await until(() => agent.lines.some((line) => line.includes('refuses')))
      await new Promise((resolve) => setTimeout(resolve, 3_000))
      await hub.start()
      const late = () => hub.beats.find(({ body }) => body.operationName === 'RecordMetricSamples')?.body
      await until(() => late() !== undefined)
      const samples = [late()?.variables?.input ?? []].flat()
      expect(samples.length).toBeGreaterThan(2)
      const ages = samples.slice(0, -1).map((sample) => sample.ageSeconds ?? 0)
      expect(ages).toEqual([...ages].sort((a, b) => b - a))
      expect(ages[0]).toBeGreaterThan(2)
      expect(samples.at(-1)?.ageSeconds).toBeUndefined()
    })
  })
}
