import { describe, expect, it, test } from 'vitest'
import { explainFailure, explainStatus } from '../../src/client/failure.ts'

describe('a refusal', () => {
  test.each([
    [401, true, 'check that the JWT is valid, the user exists and is active'],
    [403, true, 'Origin'],
    [404, true, 'check the path'],
    [302, true, 'give the address that it leads to'],
    [408, false, 'HTTP 408'],
    [429, false, 'HTTP 429'],
    [500, false, 'HTTP 500'],
    [503, false, 'HTTP 503'],
  ])('%i: final %s', (status, isFinal, words) => {
    const failure = explainStatus(status)
    expect(failure.isFinal).toBe(isFinal)
    expect(failure.reason).toContain(words)
  })
})

describe('an error of the socket', () => {
  const make = (code: string, message = '') => Object.assign(new Error(message), { code })

  test.each([
    ['ECONNREFUSED', false, 'connection refused'],
    ['ENOTFOUND', false, 'does not resolve'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', true, '-k'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', true, '-k'],
    ['ESTRANGE', false, 'ESTRANGE'],
  ])('%s: final %s', (code, isFinal, words) => {
    const failure = explainFailure(make(code))
    expect(failure.isFinal).toBe(isFinal)
    expect(failure.reason).toContain(words)
  })

  it('an unknown one is told in its own words', () => {
    expect(explainFailure(new Error('Invalid WebSocket frame'))).toEqual({
      reason: 'Invalid WebSocket frame',
      isFinal: false,
    })
  })
})
