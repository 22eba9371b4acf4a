import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { VERSION } from '../src/version.ts'

/**
 * Makes Debian packages of the executables that `npm run build:agent` left in `agent/dist`: `npm run package:agent`.
 *
 * A package brings the executable, a unit that is not enabled before there is a configuration, and an unprivileged user.
 */
const AGENT = fileURLToPath(new URL('..', import.meta.url))
const DEBIAN_NAMES = { x64: 'amd64', arm64: 'arm64' } as const

const built = Object.entries(DEBIAN_NAMES).filter(([name]) => existsSync(executable(name)))
if (built.length === 0) {
  process.stderr.write('There is no executable to package: run "npm run build:agent" first.\n')
  process.exitCode = 1
}
for (const [name, architecture] of built) makePackage(executable(name), architecture)

function executable(name: string): string {
  return join(AGENT, 'dist', `stacksense-agent-linux-${name}`)
}

function makePackage(program: string, architecture: string): void {
  const root = mkdtempSync(join(tmpdir(), 'stacksense-deb-'))
  chmodSync(root, 0o755)
  try {
    put(root, 'usr/bin/stacksense-agent', 0o755, program)
    write(root, 'usr/lib/systemd/system/stacksense-agent.service', 0o644, unit())
    put(root, 'usr/share/doc/stacksense-agent/README.md', 0o644, join(AGENT, 'README.md'))
    put(root, 'usr/share/doc/stacksense-agent/copyright', 0o644, join(AGENT, '..', 'LICENSE'))
    write(root, 'DEBIAN/control', 0o644, control(architecture, Math.ceil(statSync(program).size / 1_024)))
    const scripts = join(AGENT, 'native', 'debian')
    for (const script of ['postinst', 'prerm', 'postrm']) put(root, `DEBIAN/${script}`, 0o755, join(scripts, script))

    const file = join(AGENT, 'dist', `stacksense-agent_${VERSION}_${architecture}.deb`)
    const ran = spawnSync('dpkg-deb', ['--root-owner-group', '--build', root, file], { encoding: 'utf8' })
    if (ran.status !== 0) throw new Error(`dpkg-deb: ${ran.stderr || ran.error?.message}`)
    process.stdout.write(`agent/dist/stacksense-agent_${VERSION}_${architecture}.deb\n`)
  } finally {
    rmSync(root, { recursive: true })
  }
}

/** The guide's unit, with the executable in Node's stead. */
function unit(): string {
  const text = readFileSync(join(AGENT, 'systemd', 'stacksense-agent.service'), 'utf8')
  const changed = text.replace(
    /^ExecStart=.*$/m,
    'ExecStart=/usr/bin/stacksense-agent --config /etc/stacksense/agent.json',
  )
  if (changed === text) throw new Error('The unit has no ExecStart to replace.')
  return changed
}

function control(architecture: string, kilobytes: number): string {
  return `Package: stacksense-agent
Version: ${VERSION}
Architecture: ${architecture}
Maintainer: StackSense <root@localhost>
Installed-Size: ${kilobytes}
Depends: adduser
Recommends: ca-certificates
Section: admin
Priority: optional
Description: tells a StackSense hub that this machine is alive
 One heartbeat every 30 seconds, and how the machine is doing once a minute.
 It listens nowhere and can run no command.
`
}

function put(root: string, path: string, mode: number, from: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true, mode: 0o755 })
  copyFileSync(from, join(root, path))
  chmodSync(join(root, path), mode)
}

function write(root: string, path: string, mode: number, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true, mode: 0o755 })
  writeFileSync(join(root, path), text)
  chmodSync(join(root, path), mode)
}
