const END_OF_HEAD = Buffer.from('\r\n\r\n')
const OK = Buffer.from('HTTP/1.1 200')

/** The last piece of an answer that comes in pieces. */
const LAST_CHUNK = Buffer.from('\r\n0\r\n\r\n')

/** Reads HTTP answers off one connection, one after the other; understands no more of them than that, and costs little. */
export class AnswerReader {
  readonly #accepts: Buffer
  readonly #onAnswer: () => void
  #rest: Buffer | undefined

  /** @param onAnswer called for each whole answer whose status is 200 and whose body holds `accepts` */
  constructor(accepts: string, onAnswer: () => void) {
    this.#accepts = Buffer.from(accepts)
    this.#onAnswer = onAnswer
  }

  /** Takes what has arrived; answers what is wrong with the first bad answer in it, in words. */
  read(chunk: Buffer): string | undefined {
    let bytes = this.#rest ? Buffer.concat([this.#rest, chunk]) : chunk
    this.#rest = undefined
    while (bytes.length > 0) {
      const headEnd = bytes.indexOf(END_OF_HEAD)
      const end = headEnd === -1 ? Infinity : endOf(bytes, headEnd)
      if (end > bytes.length) {
        this.#rest = bytes
        return undefined
      }
      const answer = bytes.subarray(0, end)
      const isGood = answer.subarray(0, OK.length).equals(OK) && answer.includes(this.#accepts)
      if (!isGood) return `A bad answer: ${answer.toString('utf8').slice(0, 600)}`
      bytes = bytes.subarray(end)
      this.#onAnswer()
    }
    return undefined
  }
}

/** Where the answer ends; Infinity where that has not arrived. */
function endOf(bytes: Buffer, headEnd: number): number {
  const head = bytes.toString('latin1', 0, headEnd)
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1]
  if (length !== undefined) return headEnd + END_OF_HEAD.length + Number(length)

  const last = bytes.indexOf(LAST_CHUNK, headEnd)
  return last === -1 ? Infinity : last + LAST_CHUNK.length
}
