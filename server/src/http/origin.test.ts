import { expect, test } from 'vitest'
import { isOwnOrigin } from './origin.ts'

const HUB = 'hub.example:4000'
const PUBLIC = 'https://status.example'

test.each([
  ['no browser', { host: HUB }, undefined, true],
  ['our page', { host: HUB, origin: 'http://hub.example:4000' }, undefined, true],
  ['our page behind TLS', { host: 'hub.example', origin: 'https://hub.example' }, undefined, true],
  ['the usual port spelled out', { host: 'hub.example:443', origin: 'https://hub.example' }, undefined, true],
  ['capital letters', { host: 'Hub.Example:4000', origin: 'http://hub.example:4000' }, undefined, true],
  ['IPv6', { host: '[::1]:4000', origin: 'http://[::1]:4000' }, undefined, true],
  ['another port', { host: HUB, origin: 'http://hub.example:5000' }, undefined, false],
  ['another site', { host: HUB, origin: 'http://evil.example' }, undefined, false],
  [
    'our name as the beginning of another',
    { host: HUB, origin: 'http://hub.example:4000.evil.example' },
    undefined,
    false,
  ],
  ['a sandboxed frame', { host: HUB, origin: 'null' }, undefined, false],
  ['rubbish', { host: HUB, origin: ':::' }, undefined, false],
  ['no host', { origin: 'http://hub.example:4000' }, undefined, false],
  ['the public address', { host: 'internal:4000', origin: PUBLIC }, PUBLIC, true],
  ['the public address with a path', { host: 'internal:4000', origin: PUBLIC }, `${PUBLIC}/stacksense`, true],
  ['the host, where a public address is set', { host: HUB, origin: `http://${HUB}` }, PUBLIC, false],
  ['the public address without TLS', { host: HUB, origin: 'http://status.example' }, PUBLIC, false],
])('%s', (_, headers, publicUrl, own) => {
  expect(isOwnOrigin(headers, publicUrl)).toBe(own)
})
