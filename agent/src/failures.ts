import type { FailureReason, PostResult } from './host.ts'

/** The words that Node and the native executable have for what can go wrong on the way to a hub. */
const REASONS: Readonly<Record<string, FailureReason>> = {
  ENOTFOUND: 'dns',
  EAI_AGAIN: 'dns',
  EAI_FAIL: 'dns',
  EAI_NODATA: 'dns',
  EAI_NONAME: 'dns',
  ECONNREFUSED: 'refused',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  ENETDOWN: 'unreachable',
  EADDRNOTAVAIL: 'unreachable',
  ETIMEDOUT: 'timeout',
  ECONNRESET: 'reset',
  ECONNABORTED: 'reset',
  EPIPE: 'reset',
}

export function failureByCode(code: string): PostResult {
  return failed(REASONS[code] ?? reasonByFamily(code), code)
}

export function failed(reason: FailureReason, detail: string): PostResult {
  return { kind: 'failed', reason, detail }
}

function reasonByFamily(code: string): FailureReason {
  if (code.startsWith('HPE_')) return 'protocol'
  return /CERT|SSL|TLS|SIGNED|UNABLE_TO|^EPROTO$/.test(code) ? 'tls' : 'other'
}

/** Why a file cannot be read, for a sentence. */
export function unreadableInWords(code: string): string {
  const words: Readonly<Record<string, string>> = {
    EACCES: 'permission denied',
    EPERM: 'permission denied',
    EISDIR: 'it is a directory',
  }
  return words[code] ?? code
}

/** Why a file cannot be written, for a sentence. */
export function unwritableInWords(code: string): string {
  const words: Readonly<Record<string, string>> = {
    ENOENT: 'there is no such folder',
    ENOSPC: 'the disk is full',
    EROFS: 'the disk is read-only',
  }
  return words[code] ?? unreadableInWords(code)
}
