import { createServer } from 'node:http'

/**
 * What the hub's heartbeats are compared with: plain node:http that reads the body, parses its JSON, and answers the same
 * bytes at once. It stores nothing.
 */
const HEADERS = JSON.parse(process.argv[2] ?? '{}') as Record<string, string>

const server = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    JSON.parse(Buffer.concat(chunks).toString('utf8'))
    const id = Number(/^\/api\/heartbeat\/(\d+)\/?$/.exec(request.url ?? '')?.[1])
    const body = JSON.stringify({
      status: 'ok',
      server_id: id,
      server_name: `bench-${String(id).padStart(6, '0')}`,
      heartbeat_received: true,
      timestamp: new Date().toISOString(),
    })
    response.writeHead(200, { ...HEADERS, 'content-length': Buffer.byteLength(body) })
    response.end(body)
  })
})

server.keepAliveTimeout = 80_000
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  process.stdout.write(`ready at ${typeof address === 'object' ? address?.port : address}\n`)
})
process.on('SIGTERM', () => process.exit(0))
