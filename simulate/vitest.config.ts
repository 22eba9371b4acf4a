import { defineConfig } from 'vitest/config'

export default defineConfig({
  // Or graphql is loaded twice: as a module by us, as CommonJS by graphql-ws.
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  test: { name: 'simulate', include: ['**/*.test.ts'] },
})
