// Bundles the agent into one file: `node build.js [outfile]`.
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const here = (path) => fileURLToPath(new URL(path, import.meta.url))

await build({
  entryPoints: [here('src/start-node.ts')],
  outfile: process.argv[2] ?? here('dist/stacksense-agent.js'),
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'es2020',
  charset: 'utf8',
  // Its own answer, so that no tsconfig of a parent folder changes the bundle.
  tsconfigRaw: {},
  logLevel: 'warning',
})
