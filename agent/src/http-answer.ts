import { failed } from './failures.ts'
import { MAX_ANSWER_BYTES, type PostResult } from './host.ts'

/** As Node has it: what a hub says of an answer before the answer itself is less than a tenth of this. */
const MAX_HEAD_BYTES = 16_384

/** What is known of an answer so far. */
export type Progress =
  /** It is not whole yet. */
  | { readonly kind: 'more' }
  | {
      readonly kind: 'whole'
      readonly result: PostResult
      /** Whether the connection can take another request. */
      readonly reusable: boolean
    }

const MORE: Progress = { kind: 'more' }

type Framing =
  | { readonly kind: 'length'; readonly bytes: number }
  | { readonly kind: 'chunked' }
  /** The body ends with the connection. */
  | { readonly kind: 'end' }

interface Head {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly framing: Framing
  readonly keepsConnection: boolean
}

/**
 * One HTTP/1.1 answer to a POST, read from the bytes as they come. The native runtime has no HTTP of its own.
 *
 * Whatever the other side sends, no more than MAX_HEAD_BYTES and MAX_ANSWER_BYTES, and one read, are kept.
 */
export class HttpAnswer {
  readonly #utf8: (bytes: Uint8Array) => string
  #unread: Uint8Array = new Uint8Array(0)
  #head: Head | undefined
  #body: Uint8Array[] = []
  #bodyBytes = 0
  #chunkLeft = 0
  #chunkState: 'size' | 'data' | 'data-end' | 'trailer' = 'size'

  /** @param utf8 reads bytes as UTF-8, by replacement where they are not. */
  constructor(utf8: (bytes: Uint8Array) => string) {
    this.#utf8 = utf8
  }

  /** The next bytes. After an answer is whole there is nothing more to ask. */
  push(bytes: Uint8Array): Progress {
    this.#unread = joined([this.#unread, bytes])
    try {
      return this.#read()
    } catch (error) {
      if (error instanceof BadAnswer) return whole(failed('protocol', error.message))
      throw error
    }
  }

  /** The connection has ended. */
  end(): Progress {
    if (this.#head?.framing.kind === 'end') return this.#answered(false)
    return whole(failed('reset', 'ECONNRESET'))
  }

  #read(): Progress {
    while (this.#head === undefined) {
      const length = headLength(this.#unread)
      if (length === undefined) return MORE
      const head = parseHead(latin1(this.#take(length)))
      // "Wait" and "early hints" come before the answer; another protocol is none.
      if (head.status === 101) throw new BadAnswer('HPE_INVALID_UPGRADE')
      if (head.status >= 200) this.#head = head
    }
    return this.#readBody(this.#head)
  }

  #readBody({ framing, keepsConnection }: Head): Progress {
    if (framing.kind === 'chunked') return this.#readChunks(keepsConnection)
    const left = framing.kind === 'end' ? Number.POSITIVE_INFINITY : framing.bytes - this.#bodyBytes
    this.#keep(this.#take(Math.min(left, this.#unread.length)))
    if (this.#bodyBytes > MAX_ANSWER_BYTES) return this.#answered(false)
    if (framing.kind === 'end' || this.#bodyBytes < framing.bytes) return MORE
    return this.#answered(keepsConnection)
  }

  #readChunks(keepsConnection: boolean): Progress {
    for (;;) {
      if (this.#chunkState === 'data') {
        const bytes = this.#take(Math.min(this.#chunkLeft, this.#unread.length))
        this.#keep(bytes)
        this.#chunkLeft -= bytes.length
        if (this.#bodyBytes > MAX_ANSWER_BYTES) return this.#answered(false)
        if (this.#chunkLeft > 0) return MORE
        this.#chunkState = 'data-end'
      }
      const line = this.#takeLine()
      if (line === undefined) return MORE
      if (this.#chunkState === 'trailer') {
        if (line === '') return this.#answered(keepsConnection)
      } else if (this.#chunkState === 'data-end') {
        if (line !== '') throw new BadAnswer('HPE_STRICT')
        this.#chunkState = 'size'
      } else {
        this.#chunkLeft = chunkSize(line)
        this.#chunkState = this.#chunkLeft === 0 ? 'trailer' : 'data'
      }
    }
  }

  #answered(reusable: boolean): Progress {
    const { status, headers } = this.#head as Head
    const body = this.#utf8(joined(this.#body).subarray(0, MAX_ANSWER_BYTES))
    // What follows an answer was asked for by nobody.
    return whole({ kind: 'answered', status, headers, body }, reusable && this.#unread.length === 0)
  }

  #keep(bytes: Uint8Array): void {
    this.#body.push(bytes)
    this.#bodyBytes += bytes.length
  }

  #take(length: number): Uint8Array {
    const taken = this.#unread.subarray(0, length)
    this.#unread = this.#unread.subarray(length)
    return taken
  }

  #takeLine(): string | undefined {
    const end = this.#unread.indexOf(LF)
    if (end < 0) {
      if (this.#unread.length > MAX_LINE_BYTES) throw new BadAnswer('HPE_INVALID_CHUNK_SIZE')
      return undefined
    }
    return latin1(this.#take(end + 1)).replace(/\r?\n$/, '')
  }
}

/** Caught in push(). The message is the parser's word for it, as Node has them. */
class BadAnswer extends Error {}

const LF = 10
const CR = 13
const MAX_LINE_BYTES = 1_024

function whole(result: PostResult, reusable = false): Progress {
  return { kind: 'whole', result, reusable }
}

/** How long the head is, with the empty line that ends it; undefined while that has not come. */
function headLength(bytes: Uint8Array): number | undefined {
  for (let at = bytes.indexOf(LF); at >= 0; at = bytes.indexOf(LF, at + 1)) {
    const next = bytes[at + 1] === CR ? at + 2 : at + 1
    if (bytes[next] === LF) return checkedHead(next + 1)
  }
  checkedHead(bytes.length)
  // Another program may say something short and wait.
  if (!'HTTP/1.'.startsWith(latin1(bytes.subarray(0, 7)))) throw new BadAnswer('HPE_INVALID_CONSTANT')
  return undefined
}

function checkedHead(length: number): number {
  if (length > MAX_HEAD_BYTES) throw new BadAnswer('HPE_HEADER_OVERFLOW')
  return length
}

function parseHead(text: string): Head {
  const [statusLine = '', ...lines] = text.replace(/(\r?\n)+$/, '').split(/\r?\n/)
  const [, minor, status] = /^HTTP\/1\.([01]) (\d{3})(?: |$)/.exec(statusLine) ?? []
  if (status === undefined) throw new BadAnswer('HPE_INVALID_CONSTANT')

  const headers: Record<string, string> = Object.create(null)
  for (const line of lines) {
    const [, name, value] = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(.*?)[ \t]*$/.exec(line) ?? []
    if (name === undefined || value === undefined) throw new BadAnswer('HPE_INVALID_HEADER_TOKEN')
    const key = name.toLowerCase()
    headers[key] = headers[key] === undefined ? value : `${headers[key]}, ${value}`
  }
  const connection = (headers.connection ?? '').toLowerCase()
  return {
    status: Number(status),
    headers,
    framing: framingOf(Number(status), headers),
    keepsConnection: minor === '1' && !/(^|[ ,])close($|[ ,])/.test(connection),
  }
}

function framingOf(status: number, headers: Readonly<Record<string, string>>): Framing {
  const encoding = headers['transfer-encoding']
  const length = headers['content-length']
  if (status < 200 || status === 204 || status === 304) return { kind: 'length', bytes: 0 }
  if (encoding !== undefined) {
    // Both together are an attempt to make two readers disagree.
    if (length !== undefined) throw new BadAnswer('HPE_UNEXPECTED_CONTENT_LENGTH')
    if (encoding.toLowerCase() !== 'chunked') throw new BadAnswer('HPE_INVALID_TRANSFER_ENCODING')
    return { kind: 'chunked' }
  }
  if (length === undefined) return { kind: 'end' }
  if (!/^\d{1,15}$/.test(length)) throw new BadAnswer('HPE_INVALID_CONTENT_LENGTH')
  return { kind: 'length', bytes: Number(length) }
}

function chunkSize(line: string): number {
  const [, digits] = /^([0-9a-fA-F]{1,12})[ \t]*(?:;.*)?$/.exec(line) ?? []
  if (digits === undefined) throw new BadAnswer('HPE_INVALID_CHUNK_SIZE')
  return Number.parseInt(digits, 16)
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const filled = parts.filter((part) => part.length > 0)
  if (filled.length === 1) return filled[0] as Uint8Array
  const all = new Uint8Array(filled.reduce((total, part) => total + part.length, 0))
  let at = 0
  for (const part of filled) {
    all.set(part, at)
    at += part.length
  }
  return all
}

/** Each byte a character. */
function latin1(bytes: Uint8Array): string {
  let text = ''
  for (let at = 0; at < bytes.length; at += 4_096) text += String.fromCharCode(...bytes.subarray(at, at + 4_096))
  return text
}
