import type { CodegenConfig } from '@graphql-codegen/cli'

/**
 * Typed documents from `schema.graphql`: for the page from its own `.graphql` files. What is made is committed, and
 * `npm run check` makes it again and compares.
 */
const config: CodegenConfig = {
  schema: 'schema.graphql',
  generates: {
    'web/src/api/generated/': {
      documents: 'web/src/**/*.graphql',
      preset: 'client',
      presetConfig: { fragmentMasking: false },
      config: { enumsAsTypes: true, useTypeImports: true, scalars: { DateTime: 'string', ID: 'string' } },
    },
  },
}

export default config
