import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { lexicographicSortSchema, printSchema } from 'graphql'
import { createSchema } from './schema.ts'

/** Writes schema.graphql at the top of the repository: `npm run schema`. */
const FILE = fileURLToPath(new URL('../../../schema.graphql', import.meta.url))
const HEADER = '# Emitted from the resolvers by `npm run schema`. Do not edit.\n\n'

writeFileSync(FILE, `${HEADER}${printSchema(lexicographicSortSchema(await createSchema()))}\n`)
