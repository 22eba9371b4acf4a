import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { findHub } from './hub-address.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stacksense-cli-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

function find(url?: string, token?: string) {
  return findHub({ url, token, dataDirs: [join(folder, 'near'), join(folder, 'system')] })
}

function hubFile(dataDir: string, text: string) {
  mkdirSync(join(folder, dataDir))
  writeFileSync(join(folder, dataDir, 'hub.json'), text)
}

test('what is asked for comes first, then the hub of the nearest data directory', () => {
  hubFile('system', '{"url":"http://127.0.0.1:4000","token":"system"}')
  expect(find()).toEqual({ urls: ['http://127.0.0.1:4000'], token: 'system' })
  hubFile('near', '{"url":"http://127.0.0.1:4001","token":"near"}')
  expect(find()).toEqual({ urls: ['http://127.0.0.1:4001'], token: 'near' })
  expect(find(undefined, 'mine')).toEqual({ urls: ['http://127.0.0.1:4001'], token: 'mine' })
  expect(find('http://other:1', 'mine')).toEqual({ urls: ['http://other:1'], token: 'mine' })
})

test('several hubs are named with commas, each with or without /graphql', () => {
  expect(find('http://a:1/, https://b/graphql,', 't').urls).toEqual(['http://a:1', 'https://b'])
})

test("the local hub's token is shown to no other hub, nor to one of several", () => {
  hubFile('near', '{"url":"http://127.0.0.1:4000","token":"local"}')
  expect(find('http://127.0.0.1:4000/').token).toBe('local')
  for (const url of ['http://elsewhere:4000', 'http://127.0.0.1:4000,http://elsewhere:4000', 'http://127.0.0.1:4001']) {
    expect(() => find(url), url).toThrow('A token is needed for')
  }
})

test('what is missing or wrong is said in one sentence, which holds no secret', () => {
  expect(() => find()).toThrow(/^No hub found: .*near\/hub\.json is not there\)\.$/)
  expect(() => find('http://hub:1')).toThrow('A token is needed for http://hub:1: set STACKSENSE_TOKEN.')
  expect(() => find('hub', 't')).toThrow('"hub" is not the address of a hub.')
  expect(() => find('http://me:hunter2@hub:1', 't')).toThrow(/^The address of hub:1 holds a credential/)
  hubFile('near', '{')
  expect(() => find()).toThrow('does not hold the address and token of a hub')
})

test('a hub that starts for the first time has no address yet', () => {
  hubFile('near', '{"url":"","token":"local"}')
  expect(() => find()).toThrow('has not finished its start')
})
