import { type IncomingMessage, type Server, ServerResponse } from 'node:http'

const ending = new WeakSet<object>()

/** From now on each connection of the server ends with its next answer, also with one to a request that is here already. */
export function endWithNextAnswer(server: Server): void {
  ending.add(server)
}

/** What a server that is to end like this answers with. */
export class Answer extends ServerResponse<IncomingMessage> {
  override writeHead(status: number, ...head: unknown[]): this {
    // Not its own socket: of several requests on one connection, those that wait have none yet.
    const { server } = this.req.socket as { readonly server?: Server }
    if (server && ending.has(server)) this.shouldKeepAlive = false
    return super.writeHead(status, ...(head as []))
  }
}
