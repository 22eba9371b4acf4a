/** Where a hub is, taken from an address such as `https://agent:TOKEN@hub.example:4000/monitor`. */
export interface Hub {
  readonly secure: boolean
  readonly host: string
  readonly port: number
  /** What stands before `/graphql` and `/api`: empty, or `/monitor`. */
  readonly basePath: string
  /** The password of the address. */
  readonly token: string | undefined
}

export type HubUrlResult =
  | { readonly kind: 'hub'; readonly hub: Hub }
  | { readonly kind: 'bad'; readonly problem: string }

const ADDRESS = /^(https?):\/\/(?:([^@/?#]*)@)?(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::(\d{1,5}))?(\/[^?#]*)?$/i

/**
 * Reads one address by hand: the native runtime has no URL class.
 *
 * A problem is the end of a sentence that begins with the name of the variable, and never repeats the address, which may hold a token.
 */
export function parseHubUrl(address: string): HubUrlResult {
  if (!/^https?:\/\//i.test(address)) return bad('must begin with http:// or https://')
  if (/[?#]/.test(address))
    return bad('must not have a "?" or "#" in it; such signs in a password are written %3F and %23')

  const parts = ADDRESS.exec(address)
  if (parts === null) return bad('is not an address such as https://hub.example:4000')

  if (parts[5]?.includes('@')) return bad('has a "/" before its "@"; such a sign in a password is written %2F')

  const [, scheme = '', credentials, host = '', portText, path = ''] = parts
  const secure = scheme.toLowerCase() === 'https'
  const port = portText === undefined ? (secure ? 443 : 80) : Number(portText)
  if (port < 1 || port > 65_535) return bad('has a port that is not between 1 and 65535')
  if (!/^[\x21-\x7e]*$/.test(path))
    return bad('has a space or a letter beyond ASCII in its path; write it as %20 and the like')

  const token = tokenOf(credentials)
  if (token === null) return bad('has a user name but no password; write http://agent:TOKEN@host')

  const hostName = host.replace(/^\[|\]$/g, '').toLowerCase()
  return { kind: 'hub', hub: { secure, host: hostName, port, basePath: basePathOf(path), token } }
}

/** The address as it may be shown: without credentials. */
export function showHub(hub: Hub): string {
  const host = hub.host.includes(':') ? `[${hub.host}]` : hub.host
  const usualPort = hub.secure ? 443 : 80
  return `${hub.secure ? 'https' : 'http'}://${host}${hub.port === usualPort ? '' : `:${hub.port}`}${hub.basePath}`
}

/** People paste the address of the API, or end it with a slash. */
function basePathOf(path: string): string {
  return path
    .replace(/\/+$/, '')
    .replace(/\/graphql$/, '')
    .replace(/\/+$/, '')
}

function tokenOf(credentials: string | undefined): string | undefined | null {
  if (credentials === undefined || credentials === '') return undefined
  const colon = credentials.indexOf(':')
  if (colon < 0 || colon === credentials.length - 1) return null

  const password = credentials.slice(colon + 1)
  try {
    return decodeURIComponent(password)
  } catch {
    return password // A lone percent sign: meant as it stands.
  }
}

function bad(problem: string): HubUrlResult {
  return { kind: 'bad', problem }
}
