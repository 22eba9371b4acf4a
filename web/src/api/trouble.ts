/** What it means for the truth when the hub answers a refusal, and what to do. */
export interface Trouble {
  readonly title: string
  readonly meaning: string
}

const TROUBLES: Readonly<Record<string, Trouble>> = {
  UNAVAILABLE: {
    title: 'The hub cannot reach its database',
    meaning:
      'Heartbeats are being refused with 503 and agents try again, so none is lost in silence. No server is declared OFFLINE for this time; it will be drawn as “we could not observe”.',
  },
  FORBIDDEN: {
    title: 'This token may not read the fleet',
    meaning: 'Sign in with a token whose scope is read, operate or admin.',
  },
  FLEET_TOO_LARGE: {
    title: 'This fleet is too large for one page',
    meaning: 'More than 10,000 servers are not listed at once. Their status is watched all the same.',
  },
  DEFECT: {
    title: 'The hub failed to answer',
    meaning: 'This is a defect of the hub; its log says what happened. Servers are watched all the same.',
  },
}

export function trouble(code: string | undefined): Trouble {
  return (
    (code !== undefined && TROUBLES[code]) || {
      title: code === undefined ? 'The hub does not answer' : 'The hub refused to answer',
      meaning: 'The connection stands, but the fleet could not be read. Servers are watched all the same.',
    }
  )
}
