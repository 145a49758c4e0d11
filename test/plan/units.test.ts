import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { type Parsed, parseBytes, parseCount, parseDurationUs, parseRate } from '../../src/plan/units.ts'

function numberOf<T>(parsed: Parsed<T>): T | string {
  return parsed.ok ? parsed.value : parsed.problem
}

describe('a duration', () => {
  test.each([
    ['30s', 30_000_000],
    ['30', 30_000_000],
    ['1.5', 1_500_000],
    ['250ms', 250_000],
    ['1h30m', 5_400_000_000],
    ['1.5m', 90_000_000],
    ['1.1ms', 1_100],
    ['10us', 10],
    ['10µs', 10],
    ['2min', 120_000_000],
    ['1d', 86_400_000_000],
    ['0', 0],
    ['0s', 0],
    ['.5s', 500_000],
    ['365d', 365 * 86_400 * 1e6],
  ])('%s is %d µs', (text, us) => {
    expect(parseDurationUs(text)).toEqual({ ok: true, value: us })
  })

  test.each([
    ['', 'is empty'],
    ['-5s', 'is negative'],
    ['−5s', 'is negative'],
    ['abc', 'is not a length of time'],
    ['5x', 'is not a length of time'],
    ['5 apples', 'is not a length of time'],
    ['1h30', 'is not a length of time'],
    ['1e3s', 'is not a length of time'],
    ['s', 'is not a length of time'],
    ['Infinity', 'is not a length of time'],
    ['366d', 'is longer than 365 days'],
    ['99999999999999999999', 'is longer than 365 days'],
    ['0.1us', 'is shorter than one microsecond'],
  ])('"%s" %s', (text, problem) => {
    expect(parseDurationUs(text)).toEqual({ ok: false, problem })
  })

  it('is read back from its milliseconds', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e9 }), (ms) => {
        expect(numberOf(parseDurationUs(`${ms}ms`))).toBe(ms * 1000)
        expect(numberOf(parseDurationUs(`${ms / 1000}s`.replace(/e.*$/, 's')))).toBe(ms * 1000)
      }),
    )
  })
})

describe('a count', () => {
  test.each([
    ['100', 100],
    ['10k', 10_000],
    ['10K', 10_000],
    ['1m', 1_000_000],
    ['1.5k', 1_500],
    ['1.001k', 1_001],
    ['0', 0],
  ])('%s is %d', (text, count) => {
    expect(parseCount(text)).toEqual({ ok: true, value: count })
  })

  test.each([
    ['', 'is empty'],
    ['-1', 'is negative'],
    ['1.5', 'is not a whole number'],
    ['1.0001k', 'is not a whole number'],
    ['10,000', 'is not a whole number'],
    ['0x10', 'is not a whole number'],
    ['NaN', 'is not a whole number'],
    ['5O', 'is not a whole number'],
    ['9007199254740993', 'is too large'],
  ])('"%s" %s', (text, problem) => {
    expect(parseCount(text)).toEqual({ ok: false, problem })
  })
})

describe('a rate', () => {
  test.each([
    ['1000', 1000, 1000],
    ['1k/s', 1000, 1000],
    ['1k', 1000, 1000],
    ['60/m', 1, 1],
    ['3600/h', 1, 1],
    ['0.5', 0.5, 0.5],
    ['100..1000/s', 100, 1000],
    ['0..1k', 0, 1000],
    ['60..120/m', 1, 2],
    ['1/s..120/m', 1, 2],
  ])('%s goes from %d to %d a second', (text, fromPerSec, toPerSec) => {
    expect(parseRate(text)).toEqual({ ok: true, value: { fromPerSec, toPerSec } })
  })

  test.each([
    ['', 'is empty'],
    ['-1', 'is negative'],
    ['1..-5', 'is not a rate'],
    ['fast', 'is not a rate'],
    ['100/x', 'is not a rate'],
    ['1..', 'is not a rate'],
    ['1..2..3', 'has more than one ".."; several stages are parted by commas'],
    ['2000m/s', 'is over 1,000,000,000 a second'],
  ])('"%s" %s', (text, problem) => {
    expect(parseRate(text)).toEqual({ ok: false, problem })
  })
})

describe('a size', () => {
  test.each([
    ['32', 32],
    ['32B', 32],
    ['1KiB', 1024],
    ['4kB', 4000],
    ['1MB', 1_000_000],
    ['16MiB', 16_777_216],
    ['1.5KiB', 1536],
    ['1 kB', 1000],
  ])('%s is %d bytes', (text, bytes) => {
    expect(parseBytes(text)).toEqual({ ok: true, value: bytes })
  })

  test.each([
    ['', 'is empty'],
    ['-1', 'is negative'],
    ['1.5', 'is not a whole number of bytes'],
    ['big', 'is not a size'],
    ['1XB', 'has an unknown unit "XB"'],
    ['2GiB', 'is over 1 GiB'],
  ])('"%s" %s', (text, problem) => {
    expect(parseBytes(text)).toEqual({ ok: false, problem })
  })
})

it('never throws, and what it accepts is a number from zero on', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      for (const parse of [parseDurationUs, parseCount, parseBytes]) {
        const parsed = parse(text)
        if (parsed.ok) expect(parsed.value).toBeGreaterThanOrEqual(0)
      }
      const rate = parseRate(text)
      if (rate.ok) expect(Math.min(rate.value.fromPerSec, rate.value.toPerSec)).toBeGreaterThanOrEqual(0)
    }),
  )
})
