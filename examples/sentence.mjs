/** One change of status in words. */
export function sentenceOf({ server, from, fromReason, to, reason, at, lastHeartbeatAt, gap, farewell }) {
  const name = escaped(server.name)
  if (reason === 'ACTIVE_ALERTS') return `${name} is WARNING: it has active alerts.`
  if (reason === 'ACTIVE_ANOMALIES') return `${name} is WARNING: it behaves unusually.`
  if (reason === 'HEARTBEAT_EXPIRED') {
    const unsure = gap ? ' It fell silent while we could not hear it, so the exact moment is unknown.' : ''
    return `${name} is OFFLINE since ${clock(at)}: its last heartbeat came at ${clock(lastHeartbeatAt)}.${unsure}${goodbye(farewell)}`
  }
  if (fromReason === 'NEVER_SEEN') return `${name} is ONLINE since ${clock(at)}: its first heartbeat came.`
  if (fromReason === 'SUSPENDED') return `${name} is ONLINE: its suspension ended.`
  return from === 'OFFLINE' ? `${name} is back ONLINE since ${clock(at)}.` : `${name} is ${to}: all is well.`
}

/** Why its agent ended, where it said so. */
function goodbye(farewell) {
  if (!farewell) return ''
  const why = { STOPPED: 'its agent was stopped', SHUTDOWN: 'shutdown', REBOOT: 'reboot' }[farewell.reason]
  return ` It said goodbye: ${why}${farewell.expectedBackAt ? `, back by ${clock(farewell.expectedBackAt)}` : ''}.`
}

const clock = (time) => `${time.slice(11, 19)} UTC`

/** A name must not call everybody to the chat. */
const escaped = (name) => name.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
