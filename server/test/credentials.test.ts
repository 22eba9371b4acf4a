import { randomBytes } from 'node:crypto'
import { expect, onTestFinished, test, vi } from 'vitest'
import { createApiToken, revokeApiToken } from '../src/store/api-tokens.ts'
import { deleteServer, setAgentTokenHash } from '../src/store/servers.ts'
import { createSession, deleteSession } from '../src/store/sessions.ts'
import { Store } from '../src/store/store.ts'
import { addServer, freshDatabase } from './support/hub-scene.ts'

/** A store that hears no notification: what it forgets, it forgets by itself. */
async function scene() {
  const store = await Store.open((await freshDatabase()).connection)
  onTestFinished(() => store.close())
  const forget = vi.fn()
  store.onCredentialsChanged(forget)
  return { store, forget }
}

test.each<[string, (store: Store) => Promise<unknown>]>([
  [
    'a token is revoked',
    async (store) => {
      const token = { name: 'bot', scope: 'read', hash: randomBytes(32), expiresAt: null } as const
      await revokeApiToken(store, (await createApiToken(store, token)).id)
    },
  ],
  [
    'a page signs out',
    async (store) => {
      const session = randomBytes(32)
      const token = { name: 'page', scope: 'read', hash: randomBytes(32), expiresAt: null } as const
      await createSession(store, session, (await createApiToken(store, token)).id, 60)
      await deleteSession(store, session)
    },
  ],
  [
    "an agent's token is rotated",
    async (store) => setAgentTokenHash(store, (await addServer(store)).id, randomBytes(32)),
  ],
  ['a server is deleted', async (store) => deleteServer(store, (await addServer(store)).id)],
])('when %s, this hub has forgotten it before it answers', async (_name, work) => {
  const { store, forget } = await scene()
  await work(store)
  expect(forget).toHaveBeenCalledOnce()
})

test('a session that nobody has is no reason to forget anything: anybody may say one', async () => {
  const { store, forget } = await scene()
  await deleteSession(store, randomBytes(32))
  expect(forget).not.toHaveBeenCalled()
})
