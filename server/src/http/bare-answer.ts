/** A whole HTTP answer as text, for a socket that never became a request; the connection ends with it. */
export function bareAnswer(status: string, body: { readonly error: string; readonly code: string }): string {
  const json = JSON.stringify(body)
  return [
    `HTTP/1.1 ${status}`,
    'connection: close',
    'content-type: application/json; charset=utf-8',
    `content-length: ${Buffer.byteLength(json)}`,
    '',
    json,
  ].join('\r\n')
}
