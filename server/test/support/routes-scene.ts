import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { vi } from 'vitest'
import { Authenticator } from '../../src/access/authenticator.ts'
import { AccessRules } from '../../src/access/permissions.ts'
import { hashToken } from '../../src/access/tokens.ts'
import { Refusal } from '../../src/errors.ts'
import { identifyCaller } from '../../src/http/caller.hook.ts'
import { healthRoute } from '../../src/http/health.route.ts'
import { heartbeatRoute } from '../../src/http/heartbeat.route.ts'
import { listen } from '../../src/http/listen.ts'
import { answerMissing, newFastify } from '../../src/http/new-fastify.ts'
import { page } from '../../src/http/page.ts'
import { sessionRoutes } from '../../src/http/session.routes.ts'
import { apiToken } from './api-token.ts'

/** A hub without database: server 1 has the agent token "agent-1"; "code" signs in, once; "session" is signed in. */
export async function serve({ openIngest = false, lookUp = async () => {} } = {}) {
  const webRoot = mkdtempSync(join(tmpdir(), 'stacksense-page-'))
  mkdirSync(join(webRoot, 'assets'))
  writeFileSync(join(webRoot, 'index.html'), '<title>StackSense</title>')
  writeFileSync(join(webRoot, 'assets/main-1a2b.js'), 'export {}')

  const admin = apiToken('admin', 'admin')
  const authenticator = new Authenticator({
    findByTokenHash: async (hash) => {
      await lookUp()
      return hash.equals(hashToken('agent-1')) ? { kind: 'agent', serverId: 1 } : undefined
    },
    findSession: async (hash) => (hash.equals(hashToken('session')) ? admin : undefined),
  })
  const wrong = () => Promise.reject(new Refusal('UNAUTHENTICATED', 'No.'))
  const sessions = {
    openByToken: vi.fn((token: string) => (token === 'token' ? Promise.resolve('secret') : wrong())),
    openByCode: vi.fn(wrong).mockResolvedValueOnce('secret' as never),
    close: vi.fn(async () => undefined),
  }
  const record = vi.fn(async (id: number, _agent?: unknown, _arrivedAtMs?: number) =>
    id === 1 ? { kind: 'recorded' as const, receivedAt: 0, name: 'web-1' } : { kind: 'unknown-server' as const },
  )
  const ping = vi.fn(async (): Promise<unknown> => undefined)
  const lines: string[] = []
  const log = pino({ level: 'debug' }, { write: (line) => void lines.push(line) })

  const rules = new AccessRules({ openIngest })
  const identify = identifyCaller(authenticator, undefined)
  const app = newFastify(log)
  healthRoute(app, ping)
  heartbeatRoute(app, { rules, writer: { record }, identify })
  sessionRoutes(app, { rules, sessions, identify, publicUrl: undefined })
  page(app, webRoot, answerMissing)
  const url = `http://127.0.0.1:${await listen(app, { host: '127.0.0.1', port: 0 })}`
  const stop = async () => {
    await app.close()
    rmSync(webRoot, { recursive: true })
  }
  const post = (path: string, body?: unknown, headers: Record<string, string> = {}) =>
    fetch(url + path, {
      method: 'POST',
      headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      body: body === undefined ? null : typeof body === 'string' ? body : JSON.stringify(body),
    })
  return { app, url, stop, post, record, sessions, ping, lines }
}

export type ServedRoutes = Awaited<ReturnType<typeof serve>>

export const BEARER = { authorization: 'Bearer agent-1' }
