import { connect as connectPlain, type Socket } from 'node:net'
import { connect as connectSecure } from 'node:tls'
import { type HttpAnswer, readAnswer } from './http-answer.ts'

/** A request as it goes over the wire, and whoever waits for its answer. */
export interface HttpRequest {
  readonly text: string
  readonly resolve: (answer: HttpAnswer) => void
  readonly reject: (error: NodeJS.ErrnoException) => void
}

export interface HttpLineOptions {
  readonly url: URL
  /** An answer that takes longer is given up, and the connection with it: ETIMEDOUT. */
  readonly waitMs: number
  /** It may carry another request. */
  readonly onFree: (line: HttpLine) => void
  readonly onClose: (line: HttpLine) => void
}

/**
 * One connection that stays open, with one request under way at a time.
 *
 * On a bare socket: a whole HTTP client costs several times as much as the hub that it speaks to, and a hundred thousand
 * servers shall not need a machine each.
 */
export class HttpLine {
  readonly #options: HttpLineOptions
  readonly #socket: Socket
  #request: HttpRequest | undefined
  #text = ''

  constructor(options: HttpLineOptions) {
    this.#options = options
    this.#socket = connect(options.url)
      .setEncoding('latin1')
      .setNoDelay(true)
      .setTimeout(options.waitMs)
      .on('data', (text) => this.#read(String(text)))
      .on('timeout', () => this.#request && this.#fail(withCode('ETIMEDOUT')))
      .on('error', (error) => this.#fail(error))
      .on('close', () => {
        this.#fail(withCode('ECONNRESET'))
        options.onClose(this)
      })
  }

  /** Only while it is free. */
  send(request: HttpRequest): void {
    this.#request = request
    this.#socket.write(request.text)
  }

  close(): void {
    this.#socket.destroy()
  }

  #read(text: string): void {
    this.#text += text
    const answer = this.#answer()
    if (!answer) return
    this.#text = this.#text.slice(answer.length)
    const request = this.#request
    this.#request = undefined
    request?.resolve(answer)
    // Who speaks without being asked cannot be told from who answers late.
    if (request && answer.staysOpen && this.#text === '') this.#options.onFree(this)
    else this.close()
  }

  #answer() {
    try {
      return readAnswer(this.#text)
    } catch (error) {
      this.#fail(error as Error)
      return undefined
    }
  }

  #fail(error: NodeJS.ErrnoException): void {
    this.#request?.reject(error)
    this.#request = undefined
    this.close()
  }
}

function connect({ protocol, hostname, port }: URL): Socket {
  const host = hostname.replace(/^\[|\]$/g, '')
  if (protocol === 'https:') return connectSecure({ host, port: Number(port || 443), servername: host })
  return connectPlain({ host, port: Number(port || 80) })
}

function withCode(code: string): NodeJS.ErrnoException {
  return Object.assign(new Error(code), { code })
}
