import type { Host } from './host.ts'
import { type Call, callHub, isObject } from './hub-call.ts'
import type { Destination } from './metrics-loop.ts'
import { RECORD_FAREWELL } from './operations.ts'

/** Why the agent ends, as far as files can tell. */
export interface Goodbye {
  readonly reason: 'STOPPED' | 'SHUTDOWN' | 'REBOOT'
  readonly backInSeconds: number | undefined
}

/** Whoever stops a service waits, and kills what does not end. */
const TIMEOUT_MS = 2_000

/** A machine that reboots is expected back this soon. */
const REBOOT_SECONDS = 300

/** A shutdown that is planned for later is not why a service is stopped now. */
const SCHEDULED_WITHIN_MS = 120_000

/** In systemd's runtime directory: the jobs that the unit's ExecStop listed just before it sent the signal. */
const JOBS_FILE = 'jobs'
/** What `shutdown` leaves for a planned one: its kind, and when, in microseconds since 1970. */
const SCHEDULED_FILE = '/run/systemd/shutdown/scheduled'
/** systemd writes it when it closes the machine to logins; the agent's unit is stopped after that. */
const NOLOGIN_FILE = '/run/nologin'
const OPENRC_FILE = '/run/openrc/softlevel'

/** Tells why this agent is being ended. It runs no command for that, and nothing that a hub says matters. */
export function readGoodbye(host: Host): Goodbye {
  const kind = jobKind(host) ?? scheduledKind(host) ?? openrcKind(host) ?? nologinKind(host)
  if (kind === 'reboot') return { reason: 'REBOOT', backInSeconds: REBOOT_SECONDS }
  return { reason: kind === 'shutdown' ? 'SHUTDOWN' : 'STOPPED', backInSeconds: undefined }
}

/** Tells the hub; once, and without waiting long: it only explains, and the silence is measured all the same. */
export async function sayGoodbye(host: Host, { hub, serverId, protocol }: Destination): Promise<void> {
  const goodbye = readGoodbye(host)
  const call = protocol === 'rest' ? restGoodbye(serverId, goodbye) : graphqlGoodbye(serverId, goodbye)
  await callHub(host, hub, call, TIMEOUT_MS)
}

function graphqlGoodbye(serverId: number, { reason, backInSeconds }: Goodbye): Call {
  return {
    path: '/graphql',
    body: {
      operationName: 'RecordFarewell',
      query: RECORD_FAREWELL,
      variables: { serverId: String(serverId), reason, backIn: backInSeconds },
    },
    accepted: (answer) => isObject(answer) && isObject(answer.data) && isObject(answer.data.recordFarewell),
  }
}

function restGoodbye(serverId: number, { reason, backInSeconds }: Goodbye): Call {
  return {
    path: `/api/farewell/${serverId}/`,
    body: { reason: reason.toLowerCase(), expected_back_in_seconds: backInSeconds },
    accepted: (answer) => isObject(answer) && answer.status === 'ok',
  }
}

type Kind = 'reboot' | 'shutdown' | undefined

/** `NUMBER reboot.target start waiting`, and nothing of the kind where only the service is stopped. */
function jobKind(host: Host): Kind {
  const folder = host.environment('RUNTIME_DIRECTORY')?.split(':')[0]
  const jobs = folder === undefined ? '' : read(host, `${folder}/${JOBS_FILE}`)
  const target = /^ *\d+ (\S+)\.target +start /m.exec(jobs)?.[1]
  if (target === undefined) return undefined
  return /^(reboot|kexec|soft-reboot)$/.test(target) ? 'reboot' : 'shutdown'
}

function scheduledKind(host: Host): Kind {
  const text = read(host, SCHEDULED_FILE)
  const mode = /^MODE=(\S+)$/m.exec(text)?.[1]
  const atMs = Number(/^USEC=(\d+)$/m.exec(text)?.[1]) / 1_000
  if (mode === undefined || !(Math.abs(atMs - host.wallClockMs()) <= SCHEDULED_WITHIN_MS)) return undefined
  return /reboot|kexec/.test(mode) ? 'reboot' : 'shutdown'
}

function openrcKind(host: Host): Kind {
  const level = read(host, OPENRC_FILE).trim()
  return level === 'reboot' || level === 'shutdown' ? level : undefined
}

/** It is also there while a machine boots, with other words. */
function nologinKind(host: Host): Kind {
  return /going down/i.test(read(host, NOLOGIN_FILE)) ? 'shutdown' : undefined
}

function read(host: Host, path: string): string {
  const file = host.readTextFile(path)
  return file.kind === 'text' ? file.text : ''
}
