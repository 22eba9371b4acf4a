import { expect, test } from 'vitest'
import { changesOf, type Draft } from './edit-draft.ts'

const server = {
  name: 'db-1',
  tags: ['prod'],
  description: '',
  offlineAfterSeconds: 60,
  alertLimits: { cpuPercent: 80, memoryPercent: 90, diskPercent: 90 },
}
const draft: Draft = {
  name: 'db-1',
  tags: 'prod',
  description: '',
  offlineAfterSeconds: '60',
  cpuPercent: '80',
  memoryPercent: '90',
  diskPercent: '90',
}

test('what was not changed is not written back', () => {
  expect(changesOf(draft, server, ['prod'])).toEqual({ input: {} })
})

test('each field that was changed is', () => {
  const changed = { ...draft, name: ' db-2 ', description: 'Orders', offlineAfterSeconds: '90', diskPercent: '92,5' }
  expect(changesOf(changed, server, ['prod', 'db'])).toEqual({
    input: {
      name: 'db-2',
      tags: ['prod', 'db'],
      description: 'Orders',
      offlineAfterSeconds: 90,
      alertLimits: { diskPercent: 92.5 },
    },
  })
})

test.each([
  ['offlineAfterSeconds', 'input.offlineAfterSeconds'],
  ['memoryPercent', 'input.alertLimits.memoryPercent'],
] as const)('%s must be a number, said at its field', (name, field) => {
  expect(changesOf({ ...draft, [name]: 'soon' }, server, ['prod'])).toMatchObject({ field })
  expect(changesOf({ ...draft, [name]: '' }, server, ['prod'])).toMatchObject({ field })
})
