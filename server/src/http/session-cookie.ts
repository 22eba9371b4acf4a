const NAME = 'stacksense_session'

/** No script reads it, and no other site's page sends it. */
const ATTRIBUTES = 'Path=/; HttpOnly; SameSite=Strict'

/** The session's secret in a `Cookie` header; undefined where there is none. Ours is base64url: nothing to unescape. */
export function sessionSecretIn(cookies: string | undefined): string | undefined {
  for (const cookie of cookies?.split(';') ?? []) {
    const [name, value] = cookie.split('=', 2)
    if (name?.trim() === NAME) return value?.trim() || undefined
  }
  return undefined
}

/** `Set-Cookie` for a session of this length; a length of 0 makes the browser forget it. */
export function sessionCookie(secret: string, options: { readonly seconds: number; readonly secure: boolean }): string {
  return `${NAME}=${secret}; Max-Age=${options.seconds}; ${ATTRIBUTES}${options.secure ? '; Secure' : ''}`
}
