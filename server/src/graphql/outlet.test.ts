import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test, vi } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { Frames } from './frames.ts'
import { Outlet } from './outlet.ts'

/** A socket from both ends, with what its reader has read. */
async function scene(operationId = '7', frames = new Frames()) {
  const http = createServer().listen(0, '127.0.0.1')
  const server = new WebSocketServer({ server: http })
  await once(http, 'listening')
  const client = new WebSocket(`ws://127.0.0.1:${(http.address() as AddressInfo).port}`)
  const [socket, request] = (await once(server, 'connection')) as [WebSocket, IncomingMessage]
  await once(client, 'open')
  onTestFinished(() => {
    client.terminate()
    server.close()
    http.close()
  })
  const read: string[] = []
  client.on('message', (data, isBinary) => read.push(isBinary ? 'binary' : String(data)))
  const write = vi.spyOn(request.socket, 'write')
  return {
    socket,
    client,
    connection: request.socket,
    write,
    read,
    outlet: new Outlet(socket, request.socket, operationId, frames),
  }
}

const payloadOf = (size: number) => Buffer.from(JSON.stringify('x'.repeat(size - 2)))
const HEAD = '{"id":"7","type":"next","payload":'

test('a burst goes out in one write, as messages of their own', async () => {
  const { outlet, read, write } = await scene()
  outlet.write([Buffer.from('{"data":1}'), Buffer.from('{"data":2}'), Buffer.from('{"data":"ä"}')], 0)
  await expect.poll(() => read).toEqual([`${HEAD}{"data":1}}`, `${HEAD}{"data":2}}`, `${HEAD}{"data":"ä"}}`])
  expect(write).toHaveBeenCalledOnce()
})

test('messages of every length of a length arrive whole', async () => {
  const { outlet, read } = await scene()
  const around = [125, 126, 65_535, 65_536, 200_000].flatMap((size) => [size - 1, size, size + 1])
  const payloads = around.map((size) => payloadOf(size - HEAD.length - 1))
  outlet.write(payloads, 0)
  await expect.poll(() => read).toEqual(payloads.map((payload) => `${HEAD}${payload}}`))
})

test('an id is quoted as JSON has it', async () => {
  const { outlet, read } = await scene('a "b" ä')
  outlet.write([Buffer.from('1')], 0)
  await expect.poll(() => read.map((text) => JSON.parse(text))).toEqual([{ id: 'a "b" ä', type: 'next', payload: 1 }])
})

test('what ws sends stays in order with it', async () => {
  const { outlet, socket, read } = await scene()
  socket.send('before')
  outlet.write([Buffer.from('1')], 0)
  socket.send('after')
  await expect.poll(() => read).toEqual(['before', `${HEAD}1}`, 'after'])
})

test('to whoever reads nothing no more is written than is drained', async () => {
  const { outlet, client, connection, read } = await scene()
  client.pause()
  const payloads = Array.from({ length: 400 }, () => payloadOf(50_000))
  let next = outlet.write(payloads, 0)
  expect(outlet.isFull).toBe(true)
  expect(next).toBeLessThan(400)
  expect(connection.writableLength).toBeLessThan(1_000_000)

  client.resume()
  while (next < 400) {
    await new Promise<void>((resolve) => outlet.whenDrained(resolve))
    next = outlet.write(payloads, next)
  }
  await expect.poll(() => read.length).toBe(400)
})

test('nothing is written after the good-bye of the socket', async () => {
  const { outlet, socket, write } = await scene()
  socket.close(1000)
  write.mockClear()
  expect(outlet.write([Buffer.from('1')], 0)).toBe(1)
  expect(write).not.toHaveBeenCalled()
})

test('subscribers of the same share the memory of their frames, and each is told its own id', async () => {
  const frames = new Frames()
  const all = [await scene('7', frames), await scene('8', frames), await scene('long', frames)]
  const payloads = [Buffer.from('{"data":1}'), payloadOf(130_000), Buffer.from('{"data":2}')]
  for (const { outlet } of all) outlet.write(payloads, 0)
  for (const [i, id] of ['7', '8', 'long'].entries()) {
    const expected = payloads.map((payload) => `{"id":"${id}","type":"next","payload":${payload}}`)
    await expect.poll(() => all[i]?.read).toEqual(expected)
  }
})

test('what waits for a slow reader is not written over for another', async () => {
  const frames = new Frames()
  const [slow, quick] = [await scene('7', frames), await scene('8', frames)]
  slow.client.pause()
  const payloads = Array.from({ length: 200 }, (_, i) => Buffer.from(JSON.stringify(`${i} `.repeat(20_000))))
  const written = slow.outlet.write(payloads, 0)
  expect(written).toBeLessThan(200)
  for (let next = 0; next < 200; ) {
    next = quick.outlet.write(payloads, next)
    if (next < 200) await new Promise<void>((resolve) => quick.outlet.whenDrained(resolve))
  }
  slow.client.resume()
  await expect.poll(() => slow.read.length).toBe(written)
  expect(slow.read.map((text) => JSON.parse(text).payload)).toEqual(
    payloads.slice(0, written).map((payload) => JSON.parse(String(payload))),
  )
})
