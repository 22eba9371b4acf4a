import { clock, duration, elapsed, limit } from '../ui/durations.ts'
import { active, type Proof, resolved } from '../ui/proof-words.ts'
import type { ServerStatus, StatusKind } from '../ui/status.ts'
import type { Moment } from '../ui/words.ts'

/** One point on the way from the last heartbeat to what comes next. */
export interface Step {
  readonly icon: StatusKind | 'now'
  readonly title: string
  readonly text: string
  /** The line that leads on from here: what was, what is true since, what may come. */
  readonly line: 'quiet' | 'offline' | 'may'
}

/** What the timeline is made of besides the proof. */
export interface Timeline {
  readonly since: number
  readonly createdAt: number
  /** The newest event, if it is the one that made the status. */
  readonly lastEvent: { readonly from: ServerStatus | null; readonly at: number; readonly detectedAt: number } | null
}

/**
 * What made the status, where we are, and what would change it. By the hub's proof only: `nextTransitionAt` and the
 * active alerts and anomalies are all that the page knows of what comes.
 */
export function nextChangeSteps(facts: Proof, timeline: Timeline, moment: Moment): readonly Step[] {
  switch (facts.rule) {
    case 'SUSPENDED':
      return suspendedSteps(facts, timeline, moment)
    case 'NEVER_SEEN':
      return waitingSteps(facts, timeline, moment)
    case 'SILENT_TOO_LONG':
      return offlineSteps(facts, timeline, moment)
    default:
      return aliveSteps(facts, moment)
  }
}

function offlineSteps(facts: Proof, { since, lastEvent }: Timeline, moment: Moment): readonly Step[] {
  const was = lastEvent?.from ? ` It was ${lastEvent.from} then.` : ''
  const recorded = lastEvent ? ` Recorded ${recordedAfter(lastEvent.detectedAt - lastEvent.at)} later.` : ''
  return [
    ...lastHeartbeat(facts, `Last heartbeat.${was}`, moment),
    {
      icon: 'offline',
      title: clock(since, moment.now),
      text: `${limit(facts.limitSeconds)} without a heartbeat: OFFLINE.${recorded}`,
      line: 'offline',
    },
    now(moment, facts.lastHeartbeatAt === null ? '' : `Silent for ${elapsed(moment.now - facts.lastHeartbeatAt)}.`),
    ...onceHeard('Next heartbeat', facts),
  ]
}

function aliveSteps(facts: Proof, moment: Moment): readonly Step[] {
  const steps: Step[] = [...lastHeartbeat(facts, 'Last heartbeat.', moment), now(moment, stateNow(facts, moment))]
  if (hasActive(facts)) {
    steps.push({ icon: 'online', title: allResolved(facts), text: 'Then ONLINE.', line: 'may' })
  }
  if (facts.nextTransitionAt !== null && facts.wouldBecome !== null) {
    const left = facts.nextTransitionAt - moment.now
    steps.push({
      icon: 'offline',
      title: clock(facts.nextTransitionAt, moment.now),
      text: `${facts.wouldBecome} if no heartbeat comes before.${left > 0 && moment.live ? ` In ${duration(Math.ceil(left / 1_000) * 1_000)}.` : ''}`,
      line: 'may',
    })
  }
  return steps
}

function waitingSteps(facts: Proof, { createdAt }: Timeline, moment: Moment): readonly Step[] {
  return [
    {
      icon: 'waiting',
      title: clock(createdAt, moment.now),
      text: 'Added. Nobody is notified while it waits.',
      line: 'quiet',
    },
    now(moment, `Waiting for ${elapsed(moment.now - createdAt)}.`),
    ...onceHeard('First heartbeat', facts),
  ]
}

function suspendedSteps(facts: Proof, { since }: Timeline, moment: Moment): readonly Step[] {
  return [
    { icon: 'suspended', title: clock(since, moment.now), text: 'Suspended.', line: 'quiet' },
    now(
      moment,
      facts.lastHeartbeatAt === null
        ? 'Never heard.'
        : `Last heard ${elapsed(moment.now - facts.lastHeartbeatAt)} ago.`,
    ),
    { icon: 'online', title: 'Resumed', text: 'By a person. Then it is judged again at once.', line: 'may' },
  ]
}

function lastHeartbeat({ lastHeartbeatAt }: Proof, text: string, moment: Moment): readonly Step[] {
  return lastHeartbeatAt === null
    ? []
    : [{ icon: 'online', title: clock(lastHeartbeatAt, moment.now), text, line: 'quiet' }]
}

function now(moment: Moment, text: string): Step {
  return { icon: 'now', title: `Now, ${clock(moment.now, moment.now)}`, text, line: 'may' }
}

function stateNow(facts: Proof, moment: Moment): string {
  const heard =
    facts.lastHeartbeatAt === null
      ? ''
      : `Silent for ${elapsed(moment.now - facts.lastHeartbeatAt)}, limit ${limit(facts.limitSeconds)}.`
  return hasActive(facts) ? `${capital(active(facts))}. ${heard}` : heard
}

function onceHeard(title: string, facts: Proof): readonly Step[] {
  if (!hasActive(facts)) return [{ icon: 'online', title, text: 'ONLINE at once.', line: 'may' }]
  return [
    { icon: 'warning', title, text: `WARNING at once: ${active(facts)}.`, line: 'may' },
    { icon: 'online', title: allResolved(facts), text: 'Then ONLINE.', line: 'may' },
  ]
}

function hasActive({ activeAlerts, activeAnomalies }: Proof): boolean {
  return activeAlerts + activeAnomalies > 0
}

function allResolved(facts: Proof): string {
  return capital(resolved(facts)).replace(/ (is|are) /, ' ')
}

function recordedAfter(ms: number): string {
  return ms < 1_000 ? `${Math.max(0, Math.round(ms))}\u00a0ms` : duration(ms)
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
