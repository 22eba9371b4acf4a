import type { AlertLimits } from '../core/thresholds.ts'
import type { Instant } from '../core/types.ts'
import { parseServerId } from '../ingest/entries.ts'
import type { AlertFilter, NewAlert } from '../store/alerts.ts'
import type { AnomalyFilter, NewAnomaly } from '../store/anomalies.ts'
import type { NewApiToken, Scope } from '../store/api-tokens.ts'
import type { StatusEventFilter } from '../store/event-log.ts'
import type { ServerFilter } from '../store/server-filter.ts'
import type { NewServer, ServerChanges } from '../store/servers.ts'
import type { AlertFilterInput, RaiseAlertInput } from './alert.input.ts'
import type { AnomalyFilterInput, RaiseAnomalyInput } from './anomaly.input.ts'
import type { CreateApiTokenInput } from './api-token.input.ts'
import {
  bad,
  cleanLine,
  cleanNumber,
  cleanOfflineAfter,
  cleanProse,
  cleanServerIds,
  cleanTags,
  ifGiven,
} from './clean.ts'
import type { AlertLimitsInput, CreateServerInput, ServerFilterInput, UpdateServerInput } from './server.input.ts'
import type { StatusEventFilterInput } from './status-event.input.ts'

const MAX_NAME = 100
const MAX_KEY = 200
const MAX_PROSE = 2_000
const DEFAULT_OFFLINE_AFTER_SECONDS = 60

/** Each input object of the API as the store takes it; the field names are those of the caller. */
export function cleanNewServer(input: CreateServerInput): Omit<NewServer, 'tokenHash'> {
  const { name, tags, description, offlineAfterSeconds } = cleanServerChanges(input)
  return {
    name: name ?? cleanLine(input.name, 'input.name', MAX_NAME),
    tags: tags ?? [],
    description: description ?? '',
    offlineAfterSeconds: offlineAfterSeconds ?? DEFAULT_OFFLINE_AFTER_SECONDS,
  }
}

export function cleanServerChanges(input: UpdateServerInput): ServerChanges {
  const name = ifGiven(input.name, (name) => cleanLine(name, 'input.name', MAX_NAME))
  const tags = ifGiven(input.tags, (tags) => cleanTags(tags, 'input.tags'))
  const description = ifGiven(input.description, (text) => cleanProse(text, 'input.description', MAX_PROSE))
  const offlineAfterSeconds = ifGiven(input.offlineAfterSeconds, (seconds) =>
    cleanOfflineAfter(seconds, 'input.offlineAfterSeconds'),
  )
  const alertLimits = ifGiven(input.alertLimits, cleanAlertLimits)
  return {
    ...(name === undefined ? {} : { name }),
    ...(tags === undefined ? {} : { tags }),
    ...(description === undefined ? {} : { description }),
    ...(offlineAfterSeconds === undefined ? {} : { offlineAfterSeconds }),
    ...(alertLimits === undefined ? {} : { alertLimits }),
  }
}

function cleanAlertLimits(input: AlertLimitsInput): Partial<AlertLimits> {
  const limits: { -readonly [Name in keyof AlertLimits]?: number } = {}
  for (const name of ['cpuPercent', 'memoryPercent', 'diskPercent'] as const) {
    const field = `input.alertLimits.${name}`
    const limit = ifGiven(input[name], (value) => cleanNumber(value, field))
    if (limit !== undefined && !(limit >= 1 && limit <= 100)) throw bad(field, 'must be from 1 to 100.')
    if (limit !== undefined) limits[name] = limit
  }
  return limits
}

export function cleanServerFilter(filter: ServerFilterInput | null | undefined): ServerFilter {
  return {
    ids: ifGiven(filter?.ids, (ids) => cleanServerIds(ids, 'filter.ids')),
    search: ifGiven(filter?.search, (text) => cleanProse(text, 'filter.search', MAX_NAME)),
    statuses: filter?.statuses ?? undefined,
    reasons: filter?.reasons ?? undefined,
    tags: ifGiven(filter?.tags, (tags) => cleanTags(tags, 'filter.tags')),
  }
}

export function cleanStatusEventFilter(filter: StatusEventFilterInput | null | undefined): StatusEventFilter {
  return {
    serverIds: ifGiven(filter?.serverIds, (ids) => cleanServerIds(ids, 'filter.serverIds')),
    tags: ifGiven(filter?.tags, (tags) => cleanTags(tags, 'filter.tags')),
    to: filter?.to ?? undefined,
    reasons: filter?.reasons ?? undefined,
    since: filter?.since ?? undefined,
    until: filter?.until ?? undefined,
  }
}

export function cleanNewAlert(input: RaiseAlertInput): Omit<NewAlert, 'by'> {
  return {
    serverId: parseServerId(input.serverId, 'input.serverId'),
    key: cleanLine(input.key, 'input.key', MAX_KEY),
    severity: input.severity,
    message: cleanMessage(input.message),
    value: ifGiven(input.value, (value) => cleanNumber(value, 'input.value')) ?? null,
    threshold: ifGiven(input.threshold, (threshold) => cleanNumber(threshold, 'input.threshold')) ?? null,
  }
}

export function cleanAlertFilter(filter: AlertFilterInput | null | undefined): AlertFilter {
  return { ...cleanAnomalyFilter(filter), severities: filter?.severities ?? undefined }
}

export function cleanNewAnomaly(input: RaiseAnomalyInput): Omit<NewAnomaly, 'by'> {
  return {
    serverId: parseServerId(input.serverId, 'input.serverId'),
    metric: cleanLine(input.metric, 'input.metric', MAX_KEY),
    message: cleanMessage(input.message),
    score: cleanNumber(input.score, 'input.score'),
    value: ifGiven(input.value, (value) => cleanNumber(value, 'input.value')) ?? null,
    expected: ifGiven(input.expected, (expected) => cleanNumber(expected, 'input.expected')) ?? null,
  }
}

export function cleanAnomalyFilter(filter: AnomalyFilterInput | null | undefined): AnomalyFilter {
  return {
    serverId: ifGiven(filter?.serverId, (id) => parseServerId(id, 'filter.serverId')),
    tags: ifGiven(filter?.tags, (tags) => cleanTags(tags, 'filter.tags')),
    active: filter?.active ?? undefined,
    since: filter?.since ?? undefined,
    until: filter?.until ?? undefined,
  }
}

/** A token that nobody could ever use is a mistake of whoever asks for it. */
export function cleanNewApiToken(input: CreateApiTokenInput, now: Instant): Omit<NewApiToken, 'hash'> {
  const expiresAt = input.expiresAt ?? null
  if (expiresAt !== null && expiresAt <= now) throw bad('input.expiresAt', 'must not be past.')
  return {
    name: cleanLine(input.name, 'input.name', MAX_NAME),
    scope: input.scope.toLowerCase() as Scope,
    expiresAt,
  }
}

/** What somebody says on acknowledging or resolving; null where nothing was said. */
export function cleanNote(note: string | null | undefined): string | null {
  return ifGiven(note, (text) => cleanProse(text, 'note', MAX_PROSE)) || null
}

function cleanMessage(message: string): string {
  const text = cleanProse(message, 'input.message', MAX_PROSE)
  if (text === '') throw bad('input.message', 'must not be empty.')
  return text
}
