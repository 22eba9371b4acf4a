/** NOTIFY channels. A notification says only that there is something to read; its payload is a hint. */
export const CHANNELS = {
  /** Status events were written. Payload: the newest id. */
  event: 'stacksense_event',
  /** A server was created, changed or deleted. Payload: `KIND id`. */
  server: 'stacksense_server',
  /** A server's deadline may have come nearer. Payload: its id. */
  deadline: 'stacksense_deadline',
  /** An alert was raised, acknowledged or resolved. Payload: its id. */
  alert: 'stacksense_alert',
  /** An anomaly was raised or resolved. Payload: its id. */
  anomaly: 'stacksense_anomaly',
  /** Credentials changed: whatever is remembered of them is void. */
  access: 'stacksense_access',
  /** A hub asks the others what they have heard. Payload: its id, and the instant up to which. */
  question: 'stacksense_question',
  /** A hub has answered. Payload: its id, and the instant up to which everything that arrived there is committed. */
  answer: 'stacksense_answer',
} as const

export type Channel = keyof typeof CHANNELS
