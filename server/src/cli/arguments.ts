import { type ParseArgsOptionsConfig, parseArgs } from 'node:util'
import { StartError } from '../errors.ts'

export const TEXT = { type: 'string' } as const
export const TEXTS = { type: 'string', multiple: true } as const
export const FLAG = { type: 'boolean', default: false } as const

/**
 * A command's options, and its operands by position: each of `operands` must be given, and nothing besides.
 *
 * @throws StartError
 */
export function readArguments<Options extends ParseArgsOptionsConfig>(
  command: string,
  args: readonly string[],
  options: Options,
  operands: readonly string[] = [],
) {
  const { values, positionals } = parse(command, args, options)
  const missing = operands[positionals.length]
  if (missing) throw misuse(command, `${missing} is missing.`)
  const surplus = positionals[operands.length]
  if (surplus !== undefined) throw misuse(command, `"${surplus}" is one argument too many.`)
  if (positionals.includes('')) throw misuse(command, `${operands[positionals.indexOf('')]} must not be empty.`)
  return { values, operands: positionals }
}

/** A whole number in its bounds; undefined where the option was not given. @throws StartError */
export function wholeNumber(
  command: string,
  option: string,
  given: string | undefined,
  [least, most]: readonly [number, number],
): number | undefined {
  if (given === undefined) return undefined
  const number = /^\d{1,15}$/.test(given) ? Number(given) : Number.NaN
  if (number >= least && number <= most) return number
  throw misuse(command, `--${option} must be a whole number from ${least} to ${most}, not "${given}".`)
}

/** A mistake on the command line, and where to read how it is done right. */
export function misuse(command: string, sentence: string): StartError {
  return new StartError(`${sentence}\nSee: stacksense ${command ? `${command} ` : ''}--help`)
}

function parse<Options extends ParseArgsOptionsConfig>(command: string, args: readonly string[], options: Options) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true })
  } catch (error) {
    // Its first sentence; the others explain how to spell what nobody meant.
    const [sentence = ''] = (error as Error).message.split(/\.\s|\n/)
    throw misuse(command, `${sentence.replace(/\.$/, '')}.`)
  }
}
