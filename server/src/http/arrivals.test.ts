import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Worker } from 'node:worker_threads'
import { expect, onTestFinished, test } from 'vitest'
import { Arrivals } from './arrivals.ts'

/** In a thread of its own: opens connections, sends a request on each, and says so when the system has them all. */
const CLIENTS = `
  const { workerData: { port, count, sent } } = require('node:worker_threads')
  const net = require('node:net')
  const request = 'POST / HTTP/1.1\\r\\nHost: a\\r\\nContent-Length: 2\\r\\n\\r\\n{}'
  let left = count
  for (let i = 0; i < count; i++) {
    const socket = net.connect(port, '127.0.0.1', () => socket.write(request, () => {
      if (--left === 0) Atomics.notify(sent, 0, Atomics.store(sent, 0, 1))
    }))
    socket.on('error', () => undefined)
  }`

/** A server whose loop stands still until so many requests have arrived in the system. */
async function standStill(count: number, handle: RequestListener, settled = () => Promise.resolve()) {
  const server = createServer(handle)
  const arrivals = new Arrivals(server, settled)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const sent = new Int32Array(new SharedArrayBuffer(4))
  const worker = new Worker(CLIENTS, { eval: true, workerData: { port, count, sent } })
  onTestFinished(async () => {
    server.close()
    server.closeAllConnections()
    await worker.terminate()
  })
  Atomics.wait(sent, 0, 0)
  return arrivals
}

test('what arrived while the loop stood still has been read, however many connections it came on', async () => {
  let bodies = 0
  const arrivals = await standStill(300, (request) => request.resume().on('end', () => (bodies += 1)))
  await arrivals.read()
  expect(bodies).toBe(300)
})

test('a request that waits for something before it is handed on is waited for', async () => {
  let handedOn = false
  let lookedUp: Promise<void> = Promise.resolve()
  const handle: RequestListener = () => {
    lookedUp = new Promise((resolve) => setTimeout(resolve, 20))
    void lookedUp.then(() => {
      handedOn = true
    })
  }
  const arrivals = await standStill(1, handle, () => lookedUp)
  await arrivals.read()
  expect(handedOn).toBe(true)
})

test('where nothing has arrived, it is done at once', async () => {
  const arrivals = new Arrivals(createServer(), () => Promise.resolve())
  await arrivals.read()
})
