export const FAULTS = [
  'FALSE_OFFLINE',
  'MISSED_OFFLINE',
  'FALSE_ONLINE',
  'MISSED_ONLINE',
  'DOUBLED',
  'OUT_OF_ORDER',
  'LOST',
  'HEARTBEAT_LOST',
  'UNTOLD',
  'HEARTBEAT_REFUSED',
  'NEVER_HEARD',
] as const
export type Fault = (typeof FAULTS)[number]

/** Something that the hub did wrong. */
export interface Finding {
  readonly fault: Fault
  /** The server's name. */
  readonly server: string
  /** One sentence with the times that prove it. */
  readonly proof: string
}

export function iso(at: number): string {
  return new Date(at).toISOString()
}
