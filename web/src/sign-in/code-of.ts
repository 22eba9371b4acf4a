/** The one-time code of a sign-in link. It stands in the fragment, which no server and no log ever sees. */
export function codeOf(hash: string): string | null {
  return new URLSearchParams(hash.replace(/^#/, '')).get('code')
}
