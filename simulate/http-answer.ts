/** An HTTP answer, read off a connection. Each character of its body is one byte: JSON in ASCII can be read as it is. */
export interface HttpAnswer {
  readonly status: number
  readonly body: string
}

export interface ReadAnswer extends HttpAnswer {
  /** How much of the text it was. */
  readonly length: number
  /** The connection may carry another request. */
  readonly staysOpen: boolean
}

const END_OF_HEAD = '\r\n\r\n'
const STATUS = /^HTTP\/1\.[01] (\d{3})/
const LENGTH = /\r\ncontent-length: *(\d+)/i
const CHUNKED = /\r\ntransfer-encoding: *chunked/i
const CLOSES = /\r\nconnection: *close/i

/**
 * Reads the answer at the beginning of what has come; undefined where it is not whole yet.
 *
 * @param text one character a byte (latin1)
 * @throws Error where it is no answer, or its end cannot be told
 */
export function readAnswer(text: string): ReadAnswer | undefined {
  const headEnd = text.indexOf(END_OF_HEAD)
  if (headEnd === -1) return undefined
  const head = text.slice(0, headEnd)
  const status = STATUS.exec(head)?.[1]
  if (status === undefined) throw new Error('no HTTP answer')

  const from = headEnd + END_OF_HEAD.length
  const body = CHUNKED.test(head) ? chunksAt(text, from) : plainAt(text, from, head)
  return body && { status: Number(status), body: body.text, length: body.end, staysOpen: !CLOSES.test(head) }
}

interface Body {
  readonly text: string
  readonly end: number
}

function plainAt(text: string, from: number, head: string): Body | undefined {
  const length = LENGTH.exec(head)?.[1]
  if (length === undefined) throw new Error('an HTTP answer without a length')
  const end = from + Number(length)
  return text.length < end ? undefined : { text: text.slice(from, end), end }
}

function chunksAt(text: string, from: number): Body | undefined {
  let body = ''
  for (let at = from; ; ) {
    const lineEnd = text.indexOf('\r\n', at)
    if (lineEnd === -1) return undefined
    const size = Number.parseInt(text.slice(at, lineEnd), 16)
    if (Number.isNaN(size)) throw new Error('a chunk without a size')
    const [begin, end] = [lineEnd + 2, lineEnd + 2 + size]
    if (text.length < end + 2) return undefined
    if (size === 0) return { text: body, end: end + 2 }
    body += text.slice(begin, end)
    at = end + 2
  }
}
