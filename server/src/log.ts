import { type DestinationStream, destination, type Logger, pino, stdSerializers, stdTimeFunctions } from 'pino'

/** Our own secrets, wherever they turn up. */
const SECRET = /\bss[aksc]_[\w-]{8,}/g

/**
 * The program's log: lines of JSON, or short readable ones where a person is looking.
 *
 * Headers and bodies are never logged; whatever looks like one of our secrets is blotted out all the same, and so is each
 * of `secrets`, which look like nothing in particular.
 */
export function createLog(options: {
  readonly level: string
  readonly readable: boolean
  readonly secrets?: readonly string[]
  readonly output?: DestinationStream
}): Logger {
  // Not synchronous: a reader of our log that stops reading must not stop us.
  const output = options.output ?? destination({ dest: 2, sync: false })
  const write = (line: string) => {
    const clean = blot(line, options.secrets ?? [])
    output.write(options.readable ? readableLine(clean) : clean)
  }
  return pino(
    {
      level: options.level,
      base: null,
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (level) => ({ level }) },
      serializers: { err: stdSerializers.err },
    },
    { write },
  )
}

function blot(line: string, secrets: readonly string[]): string {
  let clean = line.replaceAll(SECRET, (secret) => `${secret.slice(0, 4)}…`)
  // As they stand in JSON.
  for (const secret of secrets) clean = clean.replaceAll(JSON.stringify(secret).slice(1, -1), '…')
  return clean
}

/** `12:00:00 warn  The sentence. key=value`, and under it the stack of a defect. */
function readableLine(line: string): string {
  const { level, time, msg, err, ...rest } = JSON.parse(line) as Record<string, unknown>
  const at = new Date(String(time)).toTimeString().slice(0, 8)
  const more = Object.entries(rest).map(
    ([key, value]) => ` ${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  )
  const stack = (err as { stack?: string } | undefined)?.stack
  return `${at} ${String(level).padEnd(5)} ${msg ?? ''}${more.join('')}\n${stack ? `${stack}\n` : ''}`
}
