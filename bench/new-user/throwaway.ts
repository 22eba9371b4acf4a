import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'

/**
 * A copy of this machine's files in which whatever is changed is thrown away, in which the installer can do its work:
 * an overlay in a mount namespace of its own. It has no systemd. Needs root.
 */
export class ThrowawayMachine {
  readonly #folder: string

  /** @param folder an empty one, where what is changed goes. */
  constructor(folder: string) {
    this.#folder = folder
    for (const name of ['changed', 'work', 'root']) mkdirSync(join(folder, name), { recursive: true })
  }

  /** Whether this system lets us make one. */
  isPossible(): boolean {
    const [program, ...args] = this.#command('true')
    return spawnSync(program as string, args, { stdio: 'ignore' }).status === 0
  }

  /** Runs a line of shell in it as root, with the environment of one who has just logged in. */
  run(line: string): ChildProcess {
    const [program, ...args] = this.#command(line)
    return spawn(program as string, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', HOME: '/root' },
      detached: true,
    })
  }

  #command(line: string): readonly string[] {
    const at = (name: string) => `"${join(this.#folder, name)}"`
    const overlay = `lowerdir=/,upperdir=${at('changed')},workdir=${at('work')}`
    const enter = `mount -t overlay overlay -o ${overlay} ${at('root')} && mount -t proc proc ${at('root/proc')} &&
      mount -t tmpfs tmpfs ${at('root/run')} && exec chroot ${at('root')} /bin/sh -c "$1"`
    return ['unshare', '--mount', '/bin/sh', '-c', enter, 'sh', line]
  }
}
