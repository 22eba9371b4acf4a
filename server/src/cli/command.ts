import type { HubApi } from './hub-api.ts'

/** What a command sees of the world. */
export interface Shell {
  /** Prints to standard output, with a line end. */
  print(text: string): void
  /** The hub that the environment names, else the one on this machine. @throws StartError where none is known */
  hub(): HubApi
}

/** One command. `run` answers the exit code. */
export interface Command {
  /** As it is typed after `stacksense`. */
  readonly name: string
  /** What follows the name. */
  readonly usage: string
  /** One line, for the list of commands. */
  readonly summary: string
  /** Its options and what else is worth knowing. */
  readonly details: string
  run(args: readonly string[], shell: Shell): Promise<number>
}

export const DONE = 0
/** `check-heartbeats` found a server that is not alive. No other command ends with it. */
export const NOT_ALIVE = 1
/** Could not do, or check, what was asked. */
export const FAILED = 2

export function helpOf({ name, usage, summary, details }: Command): string {
  const about = details ? `\n\n${details}` : ''
  return `Usage: stacksense ${name}${usage ? ` ${usage}` : ''}\n\n${summary}${about}`
}
