/**
 * All that the agent asks of the runtime it lives in. There are two: Node (host-node.ts), and QuickJS in the native executable.
 *
 * It can run no command and open no port: nothing that a hub answers can make the machine do anything.
 */
export interface Host {
  /** Milliseconds of a clock that never steps and counts the time a suspended machine slept. Only differences mean anything. */
  monotonicMs(): number
  /** Milliseconds since 1970 by the machine's clock, which may be wrong and may jump. */
  wallClockMs(): number
  /** At least 0, less than 1. */
  random(): number
  sleep(ms: number): Promise<void>
  /** Never rejects, and settles within the request's time-out, whatever the other side does. */
  post(request: PostRequest): Promise<PostResult>
  readTextFile(path: string): FileResult
  /**
   * Replaces a text that only the agent's user may read. Answers what is in the way, or undefined. The native executable has no such
   * thing: it can write no file.
   */
  writeTextFile?(path: string, text: string): string | undefined
  listDirectory(path: string): readonly string[]
  /** Undefined where the file system does not answer or the platform cannot tell. */
  fileSystemSpace(path: string): Promise<FileSystemSpace | undefined>
  /** An empty variable counts as unset. */
  environment(name: string): string | undefined
  readonly arguments: readonly string[]
  /** As uname calls it, in lower case: "linux". */
  readonly platform: string
  /** One line for whoever keeps the log. */
  log(line: string): void
  /** One line for whoever called the command. */
  print(line: string): void
  /** Calls back when the machine or its user asks the agent to end. */
  onStop(stop: (signal: string) => void): void
}

export interface PostRequest {
  readonly secure: boolean
  readonly host: string
  readonly port: number
  /** Begins with a slash. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** From the start of the name look-up to the last byte of the answer. */
  readonly timeoutMs: number
}

export type PostResult =
  | {
      readonly kind: 'answered'
      readonly status: number
      /** Names in lower case. */
      readonly headers: Readonly<Record<string, string>>
      /** At most MAX_ANSWER_BYTES; what follows is not read. */
      readonly body: string
    }
  | {
      readonly kind: 'failed'
      readonly reason: FailureReason
      /** The runtime's own word for it, such as ECONNREFUSED. */
      readonly detail: string
    }

export type FailureReason = 'dns' | 'refused' | 'unreachable' | 'timeout' | 'reset' | 'tls' | 'protocol' | 'other'

export type FileResult =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'missing' }
  | { readonly kind: 'unreadable'; readonly reason: string }

export interface FileSystemSpace {
  readonly totalBytes: number
  readonly freeBytes: number
  /** Free to ordinary users: less than freeBytes where some is kept back for root. */
  readonly availableBytes: number
}

/** A hub's answer is some hundred bytes. One that is larger is not a hub's. */
export const MAX_ANSWER_BYTES = 16_384

/** The largest file that is read: configuration, token, /proc. */
export const MAX_FILE_BYTES = 1_048_576
