import { StartError } from '../errors.ts'
import { misuse } from './arguments.ts'
import { checkHeartbeats } from './check-heartbeats.command.ts'
import { type Command, DONE, FAILED, helpOf, type Shell } from './command.ts'
import { HUB_COMMANDS } from './hub.commands.ts'
import { SERVER_COMMANDS } from './server.commands.ts'
import { table } from './table.ts'
import { TOKEN_COMMANDS } from './token.commands.ts'

export const COMMANDS: readonly Command[] = [...HUB_COMMANDS, ...SERVER_COMMANDS, ...TOKEN_COMMANDS, checkHeartbeats]

export interface Process extends Shell {
  readonly version: string
  /** Prints to standard error, with a line end. */
  complain(text: string): void
}

/**
 * Runs what the command line asks for.
 *
 * @returns the exit code. Whatever goes wrong is 2, also a defect: 1 says that a server is not alive, and nothing else may.
 */
export async function run(args: readonly string[], process: Process): Promise<number> {
  try {
    return await dispatch(args, process)
  } catch (error) {
    process.complain(error instanceof StartError ? error.message : `A defect: ${(error as Error).stack ?? error}`)
    return FAILED
  }
}

async function dispatch(args: readonly string[], process: Process): Promise<number> {
  const command = COMMANDS.find(({ name }) => name.split(' ').every((word, i) => args[i] === word))
  const isHelp = optionsOf(args).some((arg) => arg === '--help' || arg === '-h')
  if (command) {
    if (isHelp) process.print(helpOf(command))
    return isHelp ? DONE : command.run(args.slice(command.name.split(' ').length), process)
  }

  const [word = ''] = args
  const group = COMMANDS.filter(({ name }) => name.startsWith(`${word} `))
  if (isHelp || word === 'help') process.print(overviewOf(group.length > 0 ? group : COMMANDS))
  else if (word === '--version' || word === '-V') process.print(process.version)
  else throw misuse(group.length > 0 ? word : '', unknown(args, group))
  return DONE
}

function unknown(args: readonly string[], group: readonly Command[]): string {
  if (args.length === 0) return 'A command is missing.'
  const words = group.map(({ name }) => name.split(' ')[1])
  if (words.length === 0) return `There is no command "${args[0]}".`
  return `After "${args[0]}" comes one of ${words.join(', ')}.`
}

/** What stands behind `--` is no option. */
function optionsOf(args: readonly string[]): readonly string[] {
  const end = args.indexOf('--')
  return end === -1 ? args : args.slice(0, end)
}

function overviewOf(commands: readonly Command[]): string {
  const rows = commands.map(({ name, summary }) => [`  ${name}`, summary])
  return `Usage: stacksense COMMAND [OPTIONS]

${table(rows)}

  stacksense COMMAND --help   says more about a command
  stacksense --version        prints the version

All but serve and migrate speak to a running hub: the one of STACKSENSE_API_URL and STACKSENSE_TOKEN, by default the one
that serves STACKSENSE_DATA_DIR on this machine (.stacksense in this folder).

Ends with 0 when it is done, 2 when it could not be; 1 means that check-heartbeats found a server that is not alive.`
}
