import type { HttpAnswer } from './http-answer.ts'
import { HttpLine, type HttpRequest } from './http-line.ts'

export interface HttpLinesOptions {
  readonly most: number
  /** An answer that takes longer is given up: ETIMEDOUT. */
  readonly waitMs: number
}

/** So many turns that were had are cleared away at once. */
const CLEAR_EVERY = 10_000

/** A bounded number of connections to one hub; whoever finds none free waits for its turn. */
export class HttpLines {
  readonly #options: HttpLinesOptions
  readonly #url: URL
  readonly #open = new Set<HttpLine>()
  #free: HttpLine[] = []
  /** Those before `#next` have had their turn. */
  #waiting: HttpRequest[] = []
  #next = 0
  #closed = false

  /** @param url `http:` or `https:`, perhaps with a folder that every path is in */
  constructor(url: string, options: HttpLinesOptions) {
    this.#url = new URL(url)
    this.#options = options
  }

  /** @throws Error with the code of whatever broke the connection, before the request was sent or after */
  postJson(path: string, token: string, body: string): Promise<HttpAnswer> {
    const { host, pathname } = this.#url
    const head = [
      `POST ${pathname.replace(/\/$/, '')}${path} HTTP/1.1`,
      `Host: ${host}`,
      'Connection: keep-alive',
      `Authorization: Bearer ${token}`,
      'Content-Type: application/json',
      `Content-Length: ${Buffer.byteLength(body)}`,
    ]
    return new Promise((resolve, reject) => {
      this.#waiting.push({ text: `${head.join('\r\n')}\r\n\r\n${body}`, resolve, reject })
      this.#serve()
    })
  }

  /** Whoever waits is not answered any more. */
  close(): void {
    this.#closed = true
    for (const line of this.#open) line.close()
  }

  #serve(): void {
    while (this.#next < this.#waiting.length && !this.#closed) {
      const line = this.#free.pop() ?? this.#another()
      if (!line) return
      line.send(this.#take())
    }
  }

  #take(): HttpRequest {
    const request = this.#waiting[this.#next++] as HttpRequest
    if (this.#next === this.#waiting.length || this.#next === CLEAR_EVERY) {
      this.#waiting = this.#waiting.slice(this.#next)
      this.#next = 0
    }
    return request
  }

  #another(): HttpLine | undefined {
    if (this.#open.size >= this.#options.most) return undefined
    const line = new HttpLine({
      url: this.#url,
      waitMs: this.#options.waitMs,
      onFree: (free) => {
        this.#free.push(free)
        this.#serve()
      },
      onClose: (gone) => {
        this.#open.delete(gone)
        this.#free = this.#free.filter((free) => free !== gone)
        this.#serve()
      },
    })
    this.#open.add(line)
    return line
  }
}
