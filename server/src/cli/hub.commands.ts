import { readConfig } from '../config.ts'
import { StartError } from '../errors.ts'
import { readArguments } from './arguments.ts'
import { type Command, DONE } from './command.ts'

/* What runs a hub itself is imported late: the other commands only speak to one, and start ten times as fast. */

const serve: Command = {
  name: 'serve',
  usage: '',
  summary: 'Runs a hub until it is stopped.',
  details: `It is configured by its environment: PORT, DATABASE_URL, STACKSENSE_DATA_DIR and more (see the README).
Ends with 1 where it cannot start.`,

  async run(args) {
    readArguments(this.name, args, {})
    const { serve } = await import('../serve.ts')
    await serve()
    return DONE
  },
}

const migrate: Command = {
  name: 'migrate',
  usage: '',
  summary: "Brings the tables of DATABASE_URL's database up to date. Each start of a hub does it too.",
  details: '',

  async run(args, shell) {
    readArguments(this.name, args, {})
    const { databaseUrl } = readConfig(process.env)
    if (databaseUrl === undefined) {
      throw new StartError('DATABASE_URL is not set. A hub brings its embedded database up to date when it starts.')
    }
    const { migrateDatabase } = await import('../app.ts')
    const ran = await migrateDatabase(databaseUrl)
    shell.print(
      ran.length === 0 ? 'The tables are up to date already.' : `The tables are up to date: ${ran.join(', ')}.`,
    )
    return DONE
  },
}

export const HUB_COMMANDS: readonly Command[] = [serve, migrate]
