import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { expect, onTestFinished, test } from 'vitest'
import { installRoutes } from '../src/http/install.routes.ts'
import { listen } from '../src/http/listen.ts'
import { newFastify } from '../src/http/new-fastify.ts'
import { graphqlScene } from './graphql-scene.ts'

async function serve(files: Readonly<Record<string, string>>, publicUrl?: string) {
  const agentRoot = mkdtempSync(join(tmpdir(), 'stacksense-agent-'))
  for (const folder of ['dist', 'install', 'systemd']) mkdirSync(join(agentRoot, folder))
  for (const [path, text] of Object.entries(files)) writeFileSync(join(agentRoot, path), text)
  const app = newFastify(pino({ level: 'silent' }))
  installRoutes(app, { publicUrl, agentRoot })
  const url = `http://127.0.0.1:${await listen(app, { host: '127.0.0.1', port: 0 })}`
  onTestFinished(async () => {
    await app.close()
    rmSync(agentRoot, { recursive: true })
  })
  return { app, url, agentRoot }
}

const TEMPLATE = { 'install/install.sh': "hub='@HUB@' x64='@SHA256_X64@' node='@SHA256_NODE@' @OTHER@" }
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

test('the script holds this hub’s address, and the checksums of what is there', async () => {
  const { url, agentRoot } = await serve({ ...TEMPLATE, 'dist/stacksense-agent.js': 'agent' })
  const script = async () => (await fetch(`${url}/install.sh`)).text()
  expect(await script()).toBe(`hub='${url}' x64='' node='${sha256('agent')}' @OTHER@`)
  writeFileSync(join(agentRoot, 'dist/stacksense-agent-linux-x64'), 'built later')
  expect(await script()).toContain(`x64='${sha256('built later')}'`)
  expect(await (await fetch(`${url}/agent/stacksense-agent-linux-x64`)).text()).toBe('built later')
})

test('where people reach the hub counts before how this request came, and no address can say something to the shell', async () => {
  const { app } = await serve(TEMPLATE, "https://hub.example/it's")
  expect((await app.inject('/install.sh')).body).toContain("hub='https://hub.example/it%27s'")
  const { app: bare } = await serve(TEMPLATE)
  for (const host of ["a'; reboot; '", '$(reboot)', 'a b']) {
    expect((await bare.inject({ url: '/install.sh', headers: { host } })).body).toContain("hub=''")
  }
  expect((await bare.inject({ url: '/install.sh', headers: { host: '[::1]:4000' } })).body).toContain(
    'http://[::1]:4000',
  )
})

test('nothing else of the agent’s folder is served', async () => {
  const { url } = await serve({ ...TEMPLATE, 'dist/secret': 'x' })
  for (const file of ['secret', 'stacksense-agent-linux-x64', '..%2finstall%2finstall.sh', 'toString']) {
    expect((await fetch(`${url}/agent/${file}`)).status, file).toBe(404)
  }
})

test('an agent token tells whose it is; no other credential does', async () => {
  const { url, tokens, createServer } = await graphqlScene()
  const { token } = await createServer('web-1')
  const ask = async (credential?: string) => {
    const headers: Record<string, string> = credential === undefined ? {} : { authorization: `Bearer ${credential}` }
    const answer = await fetch(url.replace('/graphql', '/api/agent'), { headers })
    return { status: answer.status, ...((await answer.json()) as object) }
  }
  expect(await ask(token)).toEqual({ status: 200, server_id: 1, server_name: 'web-1' })
  expect(await ask(tokens.admin)).toMatchObject({ status: 403, code: 'FORBIDDEN' })
  expect(await ask('ssa_wrong')).toMatchObject({ status: 401, code: 'UNAUTHENTICATED' })
  expect(await ask()).toMatchObject({ status: 401 })
})
