import { readFileSync } from 'node:fs'

/** The package lies beside the build and beside the sources alike. */
const PACKAGE = new URL('../package.json', import.meta.url)

/** The version of this program. */
export const VERSION = (JSON.parse(readFileSync(PACKAGE, 'utf8')) as { version: string }).version
