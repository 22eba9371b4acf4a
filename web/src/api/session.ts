/** Who is signed in on this page, and what they may do. */
export interface Session {
  readonly name: string
  readonly scope: string
}

/** Why a sign-in was refused, in the hub's words or in ours. */
export interface SignInRefused {
  readonly message: string
}

type Fetch = typeof globalThis.fetch
/** Where the page remembers: the browser's own storage. */
export type Memory = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>

const STORED = 'signed-in'

/** Whether somebody was signed in here when it was last known: a guess that saves time, never a permission. */
export function wasSignedIn(memory: Memory): boolean {
  return memory.getItem(STORED) !== null
}

export function rememberSignedIn(memory: Memory, session: Session | null): void {
  if (session) memory.setItem(STORED, 'yes')
  else memory.removeItem(STORED)
}

/** The session of the page's cookie; null when there is none. Throws when the hub does not answer. */
export async function readSession(fetch: Fetch): Promise<Session | null> {
  const response = await fetch('/api/session', { credentials: 'same-origin' })
  if (response.status === 401) return null
  if (!response.ok) throw new Error(`The hub answered ${response.status}.`)
  return (await response.json()) as Session
}

/** Signs in with an API token, or with the code of a one-time link. Undefined on success. */
export async function signIn(
  fetch: Fetch,
  credential: { token: string } | { code: string },
): Promise<SignInRefused | undefined> {
  try {
    const response = await fetch('/api/session', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(credential),
    })
    return response.ok ? undefined : { message: await refusal(response, 'code' in credential) }
  } catch {
    return { message: 'The hub does not answer. Nothing was sent twice; try again in a moment.' }
  }
}

export async function signOut(fetch: Fetch): Promise<void> {
  await fetch('/api/session', { method: 'DELETE' })
}

async function refusal(response: Response, byLink: boolean): Promise<string> {
  if (response.status === 401) {
    return byLink
      ? 'This link was used before or is too old. Sign in with an API token, or restart the hub for a new link.'
      : 'The hub knows no such token. It may have been revoked, or have expired.'
  }
  const body = (await response.json().catch(() => null)) as { error?: unknown } | null
  return typeof body?.error === 'string' ? body.error : `The hub answered ${response.status}.`
}
