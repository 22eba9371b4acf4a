import { createHash } from 'node:crypto'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { answerMissing } from './new-fastify.ts'

/** The agent's folder, beside `server/` in the repository and in an installed copy alike. */
const AGENT_ROOT = fileURLToPath(new URL('../../../agent', import.meta.url))

/** What a server may fetch, and where it lies; what has not been built is not there. */
const FILES = {
  'stacksense-agent-linux-x64': 'dist/stacksense-agent-linux-x64',
  'stacksense-agent-linux-arm64': 'dist/stacksense-agent-linux-arm64',
  'stacksense-agent.js': 'dist/stacksense-agent.js',
  'stacksense-agent.service': 'systemd/stacksense-agent.service',
} as const

type FileName = keyof typeof FILES

/** A host and a port, and nothing that means something to a shell. */
const HOST = /^[A-Za-z0-9.-]+(:\d{1,5})?$|^\[[0-9A-Fa-f:.]+\](:\d{1,5})?$/

/**
 * `GET /install.sh`: the script that installs the agent, with this hub's address and the checksums of what it will fetch;
 * `GET /agent/:file`: those files. Neither holds a secret, so neither asks for a credential.
 */
export function installRoutes(
  app: FastifyInstance,
  options: { readonly publicUrl: string | undefined; readonly agentRoot?: string },
): void {
  const agentRoot = options.agentRoot ?? AGENT_ROOT
  const builds = new Builds(agentRoot)

  app.get('/install.sh', (request, reply) => {
    const template = join(agentRoot, 'install/install.sh')
    if (!existsSync(template)) return answerMissing(request, reply)
    const values: Readonly<Record<string, string>> = {
      HUB: (options.publicUrl ?? addressOf(request)).replaceAll("'", '%27'),
      SHA256_X64: builds.read('stacksense-agent-linux-x64')?.sum ?? '',
      SHA256_ARM64: builds.read('stacksense-agent-linux-arm64')?.sum ?? '',
      SHA256_NODE: builds.read('stacksense-agent.js')?.sum ?? '',
      SHA256_UNIT: builds.read('stacksense-agent.service')?.sum ?? '',
    }
    const script = readFileSync(template, 'utf8').replaceAll(
      /@([A-Z0-9_]+)@/g,
      (all, name: string) => values[name] ?? all,
    )
    return reply.type('text/x-shellscript; charset=utf-8').send(script)
  })

  app.get<{ Params: { file: string } }>('/agent/:file', (request, reply) => {
    const { file } = request.params
    const build = Object.hasOwn(FILES, file) ? builds.read(file as FileName) : undefined
    if (!build) return answerMissing(request, reply)
    // Whole, not as a stream: it has less than a megabyte, and a hub that stops need not wait for the stream's own end.
    return reply.type('application/octet-stream').send(build.bytes)
  })
}

/** How this request reached us. An address with anything else in it than a host and a port is left out of the script. */
function addressOf(request: FastifyRequest): string {
  return HOST.test(request.host) ? `${request.protocol}://${request.host}` : ''
}

interface Build {
  readonly version: string
  readonly bytes: Buffer
  /** SHA-256, in hex. */
  readonly sum: string
}

/** The files, each read once, and again when it was built anew: whoever downloads one shares its bytes with all others. */
class Builds {
  readonly #known = new Map<FileName, Build>()

  constructor(readonly root: string) {}

  /** Undefined for one that is not there. */
  read(name: FileName): Build | undefined {
    const path = join(this.root, FILES[name])
    if (!existsSync(path)) return undefined
    const { mtimeMs, size } = statSync(path)
    const version = `${mtimeMs} ${size}`
    const known = this.#known.get(name)
    if (known?.version === version) return known

    const bytes = readFileSync(path)
    const build = { version, bytes, sum: createHash('sha256').update(bytes).digest('hex') }
    this.#known.set(name, build)
    return build
  }
}
