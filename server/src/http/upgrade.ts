import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import type { WebSocketServer } from 'ws'
import { bareAnswer } from './bare-answer.ts'
import { isOwnOrigin } from './origin.ts'

/** Whether a request asks for the one WebSocket that there is. */
export function isSocketRequest(request: IncomingMessage): boolean {
  const path = request.url?.split('?', 1)[0]
  return request.headers.upgrade?.toLowerCase() === 'websocket' && (path === '/graphql' || path === '/graphql/')
}

/**
 * Hands WebSocket requests for `/graphql` over, on the port that HTTP is served on.
 *
 * Browsers let any page open a WebSocket anywhere and send our cookie along, so a stranger's page is refused here,
 * whatever credential it may bring later. So is whoever comes when there are too many.
 */
export function serveUpgrades(
  server: Server,
  sockets: WebSocketServer,
  { publicUrl, maxSockets }: { readonly publicUrl: string | undefined; readonly maxSockets: number },
): void {
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const drop = () => socket.destroy()
    socket.on('error', drop)
    if (!isSocketRequest(request)) {
      socket.end(bareAnswer('404 Not Found', { error: 'There is no WebSocket at this address.', code: 'NOT_FOUND' }))
      return
    }
    if (!isOwnOrigin(request.headers, publicUrl)) {
      const error = 'This request comes from a page of another origin.'
      socket.end(bareAnswer('403 Forbidden', { error, code: 'FORBIDDEN' }))
      return
    }
    if (sockets.clients.size >= maxSockets) {
      const error = 'This hub has as many sockets open as it may have.'
      socket.end(bareAnswer('503 Service Unavailable', { error, code: 'UNAVAILABLE' }))
      return
    }
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      socket.off('error', drop)
      sockets.emit('connection', webSocket, request)
    })
  })
}
