import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { findHub } from './hub-address.ts'

let dataDir: string
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'simulate-'))
})
afterEach(() => rmSync(dataDir, { recursive: true }))

function find(asked: { url?: string; token?: string }, env: Record<string, string> = {}) {
  return findHub(asked, { STACKSENSE_DATA_DIR: dataDir, ...env }, '/nowhere')
}

function localHub(text = '{"url":"http://127.0.0.1:4000","token":"local"}') {
  writeFileSync(join(dataDir, 'hub.json'), text)
}

test('what is asked for comes before the environment, and that before the hub on this machine', () => {
  localHub()
  const env = { STACKSENSE_API_URL: 'http://env:1', STACKSENSE_TOKEN: 'env' }
  expect(find({ url: 'http://asked:1', token: 'asked' }, env)).toEqual({ urls: ['http://asked:1'], token: 'asked' })
  expect(find({}, env)).toEqual({ urls: ['http://env:1'], token: 'env' })
  expect(find({})).toEqual({ urls: ['http://127.0.0.1:4000'], token: 'local' })
})

test.each(['http://hub:1/', 'http://hub:1/graphql'])('%s is understood', (url) => {
  expect(find({ url, token: 't' }).urls).toEqual(['http://hub:1'])
})

test('of several hubs, all are', () => {
  expect(find({ url: 'http://hub:1,http://other:2', token: 't' }).urls).toEqual(['http://hub:1', 'http://other:2'])
})

test("the local hub's token is shown to no other hub", () => {
  localHub()
  expect(() => find({ url: 'http://elsewhere:4000' })).toThrow('A token is needed for http://elsewhere:4000')
  expect(find({ url: 'http://127.0.0.1:4000/' }).token).toBe('local')
})

test('no hub at all, a broken file and a broken address are said in one sentence', () => {
  expect(() => find({})).toThrow('No hub found')
  expect(() => find({ url: 'http://hub:1' })).toThrow('A token is needed')
  expect(() => find({ url: 'hub', token: 't' })).toThrow('"hub" is not the address of a hub.')
  localHub('{')
  expect(() => find({})).toThrow('does not hold the address and token of a hub')
})
