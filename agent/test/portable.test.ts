import { fileURLToPath } from 'node:url'
import { createContext, runInContext } from 'node:vm'
import { build } from 'esbuild'
import { expect, test } from 'vitest'
import type { Host } from '../src/host.ts'
import { VirtualHost } from './virtual-host.ts'

interface Bundle {
  readonly agent: { main(host: Host): Promise<number> }
}

/** The agent without its host, in a world that knows the language and nothing else: no URL, no timer, no process. */
async function bareAgent(): Promise<Bundle['agent']> {
  const entry = fileURLToPath(new URL('../src/main.ts', import.meta.url))
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    platform: 'neutral',
    format: 'iife',
    globalName: 'agent',
    target: 'es2020',
  })
  const world = createContext({}, { codeGeneration: { strings: false, wasm: false } })
  runInContext(outputFiles[0]?.text ?? '', world)
  return (world as unknown as Bundle).agent
}

test('all but the host needs nothing but the language', async () => {
  const agent = await bareAgent()
  const host = new VirtualHost()
  host.variables.set('STACKSENSE_SERVER_ID', '12').set('STACKSENSE_API_URL', 'http://agent:T%2F@a:4000,https://[::1]/x')
  void agent.main(host)
  await host.runUntil(125_000)
  expect(host.sent.filter(({ request }) => request.body.includes('RecordHeartbeat'))).toHaveLength(5)
  expect(host.lines[1]).toBe('Heartbeats of server 12 are delivered to http://a:4000.')
})
