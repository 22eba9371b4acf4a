import { openByUrl } from './by-url.ts'
import type { OpenDatabase } from './connection.ts'
import { openEmbedded } from './embedded.ts'

export type { DatabaseConnection, OpenDatabase } from './connection.ts'

/**
 * Opens PostgreSQL by `DATABASE_URL`, else the embedded one in the data directory (see `chooseDataDir`).
 *
 * @throws StartError with one clear sentence, which never holds a password.
 */
export function openDatabase(options: {
  readonly databaseUrl?: string | undefined
  readonly dataDir: string
  readonly log: (line: string) => void
}): Promise<OpenDatabase> {
  return options.databaseUrl ? openByUrl(options.databaseUrl) : openEmbedded(options)
}
