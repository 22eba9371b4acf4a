import { spawn } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** `npm start`: builds what is stale and runs the hub in this place: signals go to it, and its exit code is ours. */
const ROOT = dirname(dirname(fileURLToPath(import.meta.url)))

await import('./build.ts')

const hub = spawn(process.execPath, ['--enable-source-maps', join(ROOT, 'server/dist/main.js')], { stdio: 'inherit' })
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => hub.kill(signal === 'SIGHUP' ? 'SIGTERM' : signal))
}
hub.on('exit', (code, signal) => process.exit(code ?? (signal === null ? 1 : 128)))
