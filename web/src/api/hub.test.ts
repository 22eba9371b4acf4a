import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createHub } from './hub.ts'

/** Sockets that never open, and how many were dialled. */
const dialled = vi.fn()
let refuse: () => void
class SilentSocket {
  static readonly OPEN = 1
  readonly readyState = 0
  onclose: (event: object) => void = () => {}
  constructor(url: string) {
    dialled(url)
    refuse = () => this.onclose({ code: 1006, reason: '' })
  }
  close(): void {}
}

const asked = vi.fn()
let answer: (status: number) => void
beforeEach(() => {
  localStorage.clear()
  dialled.mockClear()
  asked.mockClear()
  vi.stubGlobal('WebSocket', SilentSocket)
  vi.stubGlobal('fetch', () => {
    asked()
    return new Promise<Response>((resolve) => {
      answer = (status) => resolve(Response.json({ name: 'Mara K.', scope: 'admin' }, { status }))
    })
  })
})
afterEach(() => vi.unstubAllGlobals())

const hub = () => createHub('ws://hub.test/graphql', localStorage)

test('the line is dialled when the hub has said who is signed in', async () => {
  const entered = hub().enter()
  expect(dialled).not.toHaveBeenCalled()
  answer(200)
  await expect(entered).resolves.toMatchObject({ name: 'Mara K.' })
  expect(dialled).toHaveBeenCalledOnce()
})

test('where somebody was signed in before, it is dialled meanwhile, and once', async () => {
  const before = hub()
  const first = before.enter()
  answer(200)
  await first
  before.connection.close()
  dialled.mockClear()

  const second = hub().enter()
  expect(dialled).toHaveBeenCalledOnce()
  answer(200)
  await second
  expect(dialled).toHaveBeenCalledOnce()
})

test('where nobody is signed in any more, none is dialled the next time', async () => {
  localStorage.setItem('signed-in', 'yes')
  const entered = hub()
  const first = entered.enter()
  answer(401)
  await expect(first).resolves.toBeNull()
  expect(entered.connection.state.value).toEqual({ kind: 'connecting' })

  dialled.mockClear()
  void hub().enter()
  expect(dialled).not.toHaveBeenCalled()
})

test('a line that is refused while it is asked who is signed in asks nobody a second time', async () => {
  localStorage.setItem('signed-in', 'yes')
  const entered = hub()
  const entering = entered.enter()
  refuse()
  await vi.waitFor(() => expect(entered.connection.state.value.kind).toBe('reconnecting'))
  expect(asked).toHaveBeenCalledOnce()
  answer(401)
  await entering
})
