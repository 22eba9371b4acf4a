import pg from 'pg'
import { StartError } from '../errors.ts'

/** Behind the host neither `@` nor `#`: either would be a part of the password, left unescaped. */
const WELL_FORMED = /^postgres(ql)?:\/\/[^/?#]*[^@#]*$/

const MALFORMED =
  'DATABASE_URL: not a valid address; it looks like postgres://user:password@host:5432/database, ' +
  'where special characters in user and password are percent-encoded.'

/**
 * Where the URL points, fit to be printed: host, port and database, as the driver understands them.
 *
 * A password with an unescaped `/`, `?` or `#` is read as part of the host or of the database's name, and would be
 * printed with it; so such a URL is refused without repeating any of it.
 *
 * @throws StartError when the driver could not use it
 */
export function addressOf(databaseUrl: string): string {
  if (!WELL_FORMED.test(databaseUrl)) throw new StartError(MALFORMED)
  try {
    const { host, port, database } = new pg.Client({ connectionString: databaseUrl })
    return `${host}:${port}/${database ?? ''}`
  } catch (error) {
    const isFileMissing = (error as { code?: string }).code === 'ENOENT'
    throw new StartError(isFileMissing ? `DATABASE_URL: ${(error as Error).message}.` : MALFORMED)
  }
}
