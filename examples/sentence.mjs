/** One change of status in words. */
export function sentenceOf({ server, from, to, reason, at, lastHeartbeatAt, gap }) {
  const name = escaped(server.name)
  if (reason === 'ACTIVE_ALERTS') return `${name} is WARNING: it has active alerts.`
  if (reason === 'ACTIVE_ANOMALIES') return `${name} is WARNING: it behaves unusually.`
  if (reason === 'HEARTBEAT_EXPIRED') {
    const unsure = gap ? ' It fell silent while we could not hear it, so the exact moment is unknown.' : ''
    return `${name} is OFFLINE since ${clock(at)}: its last heartbeat came at ${clock(lastHeartbeatAt)}.${unsure}`
  }
  return from === 'OFFLINE' ? `${name} is back ONLINE since ${clock(at)}.` : `${name} is ${to}: all is well.`
}

const clock = (time) => `${time.slice(11, 19)} UTC`

/** A name must not call everybody to the chat. */
const escaped = (name) => name.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
