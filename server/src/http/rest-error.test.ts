import { describe, expect, test } from 'vitest'
import { ERROR_CODES, Refusal } from '../errors.ts'
import { toHttpError } from './rest-error.ts'

describe('over HTTP', () => {
  test.each(ERROR_CODES)('%s has a status of its own side: the caller or the moment, never a defect', (code) => {
    const { status } = toHttpError(new Refusal(code, 'No.'))
    expect(status === 503 || (status >= 400 && status < 500)).toBe(true)
  })

  test('bad input names the field', () => {
    const error = new Refusal('BAD_USER_INPUT', 'agent_version is not a string.', { field: 'agent_version' })
    expect(toHttpError(error)).toMatchObject({ status: 400, field: 'agent_version' })
  })

  test('a missing credential says which kind is wanted', () => {
    expect(toHttpError(new Refusal('UNAUTHENTICATED', 'Who?')).headers).toEqual({
      'www-authenticate': 'Bearer realm="StackSense"',
    })
  })

  test.each([
    [{ retryAfterSeconds: 7 }, '7'],
    [{}, '1'],
  ])('what may succeed later says when: %j', (details, seconds) => {
    expect(toHttpError(new Refusal('UNAVAILABLE', 'Later.', details)).headers).toEqual({ 'retry-after': seconds })
  })

  test('a body that is too large closes its connection', () => {
    const error = Object.assign(new Error('large'), { code: 'FST_ERR_CTP_BODY_TOO_LARGE', statusCode: 413 })
    expect(toHttpError(error)).toMatchObject({ status: 413, code: 'TOO_LARGE', headers: { connection: 'close' } })
  })

  test.each([
    new Error('password=hunter2'),
    Object.assign(new Error('select hash'), { code: '42P01' }),
    Object.assign(new Error('pretends to be a refusal'), { statusCode: 404 }),
    'a string',
    undefined,
  ])('a defect says nothing of itself', (error) => {
    expect(toHttpError(error)).toEqual({
      status: 500,
      code: 'DEFECT',
      message: 'Something went wrong on our side.',
      headers: {},
    })
  })
})
