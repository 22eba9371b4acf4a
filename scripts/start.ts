/**
 * `npm start`: builds what is stale and becomes the hub. In this very process, so that a signal sent to it reaches the hub
 * and the hub's end is its own.
 */
await import('./build.ts')

process.setSourceMapsEnabled(true)
await import(new URL('../server/dist/main.js', import.meta.url).href)
