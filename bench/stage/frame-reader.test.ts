import { expect, test } from 'vitest'
import { FrameReader, textFrame } from './frame-reader.ts'

/** As a server sends it: without a mask. */
function serverFrame(text: string): Buffer {
  const length = Buffer.byteLength(text)
  const header = length < 126 ? Buffer.from([0x81, length]) : Buffer.alloc(length < 65_536 ? 4 : 10)
  if (length >= 126) {
    header[0] = 0x81
    header[1] = header.length === 4 ? 126 : 127
    if (header.length === 4) header.writeUInt16BE(length, 2)
    else header.writeBigUInt64BE(BigInt(length), 2)
  }
  return Buffer.concat([header, Buffer.from(text)])
}

test('whole frames are read, however they are cut and joined', () => {
  const texts = ['', 'short', 'x'.repeat(200), 'y'.repeat(70_000), 'end']
  const read: string[] = []
  let pings = 0
  const reader = new FrameReader({
    onText: (payload) => read.push(String(payload)),
    onPing: () => pings++,
    onClose: () => undefined,
  })
  const bytes = Buffer.concat([...texts.map(serverFrame), Buffer.from([0x89, 0])])
  for (let at = 0; at < bytes.length; at += 1_001) reader.read(bytes.subarray(at, at + 1_001))
  for (const byte of serverFrame('one by one')) reader.read(Buffer.from([byte]))
  expect(read).toEqual([...texts, 'one by one'])
  expect(pings).toBe(1)
})

test('what a client sends is masked, with a mask that masks nothing', () => {
  expect(textFrame('abc')).toEqual(Buffer.from([0x81, 0x83, 0, 0, 0, 0, 97, 98, 99]))
  const long = textFrame('x'.repeat(300))
  expect([...long.subarray(0, 8)]).toEqual([0x81, 0xfe, 1, 44, 0, 0, 0, 0])
  expect(long.length).toBe(308)
})
