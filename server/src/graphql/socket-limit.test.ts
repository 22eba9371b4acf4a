import { EventEmitter } from 'node:events'
import { expect, test } from 'vitest'
import type { WebSocket } from 'ws'
import type { Caller } from '../access/caller.ts'
import { CallerSockets } from './socket-limit.ts'

const AGENT: Caller = { kind: 'agent', serverId: 1 }

function socket(readyState = 1): WebSocket & EventEmitter {
  return Object.assign(new EventEmitter(), { OPEN: 1, readyState }) as unknown as WebSocket & EventEmitter
}

test('a caller has as many sockets as it may, and room again when one closes', () => {
  const sockets = new CallerSockets(1)
  const first = socket()
  expect(sockets.enter(AGENT, first)).toBe(true)
  expect(sockets.enter(AGENT, socket())).toBe(false)
  first.emit('close')
  expect(sockets.enter(AGENT, socket())).toBe(true)
})

test('a socket that closed while its caller was looked up is not counted: nothing would ever take it off', () => {
  const sockets = new CallerSockets(1)
  expect(sockets.enter(AGENT, socket(3))).toBe(false)
  expect(sockets.enter(AGENT, socket())).toBe(true)
})
