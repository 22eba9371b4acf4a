import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vitest/config'

/**
 * Programs, databases and browsers on a machine that may do much else are tried once more in CI, whose log tells at its end
 * what passed on the second try. Not so a status that is wrong, nor the faults: what goes wrong once there is wrong.
 */
const retry = process.env.CI ? { count: 1, condition: /^(?![\s\S]*OFFLINE)/ } : 0

/** Tests that start programs or share a machine's clock run one or two files at a time; the rest side by side. */
export default defineConfig({
  // graphql would be loaded twice: as ESM by us, as CommonJS by type-graphql.
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  test: {
    // A busy machine is slow; what is waited for is not timed.
    testTimeout: 30_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 15_000 } },
    projects: [
      { extends: true, test: { name: 'server', include: ['server/src/**/*.test.ts'] } },
      {
        extends: true,
        test: {
          name: 'database',
          include: ['server/test/**/*.test.ts'],
          globalSetup: 'server/test/support/global-setup.ts',
          maxWorkers: 2,
          retry,
        },
      },
      { extends: true, test: { name: 'agent', include: ['agent/**/*.test.ts'], retry } },
      { extends: true, test: { name: 'simulate', include: ['simulate/**/*.test.ts', 'bench/**/*.test.ts'], retry } },
      {
        extends: true,
        test: {
          name: 'faults',
          include: ['faults/*.test.ts'],
          globalSetup: 'faults/support/table.ts',
          testTimeout: 240_000,
          hookTimeout: 180_000,
          fileParallelism: false,
        },
      },
      {
        extends: true,
        test: {
          name: 'faults-long',
          include: ['faults/long/*.test.ts'],
          globalSetup: 'faults/support/table.ts',
          testTimeout: 900_000,
          hookTimeout: 180_000,
          fileParallelism: false,
        },
      },
      {
        extends: true,
        plugins: [vue()],
        test: {
          name: 'web',
          include: ['web/src/**/*.test.ts'],
          environment: 'happy-dom',
          env: { TZ: 'UTC' },
          restoreMocks: true,
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['e2e/**/*.test.ts'],
          testTimeout: 120_000,
          maxWorkers: 2,
          retry,
        },
      },
    ],
  },
})
