import { describe, expect, it } from 'vitest'
import { floorOf, grantCovers, parseStream, rosterOf, visitsOf } from '../../src/domain/stream'

describe('a stream\'s name', () => {
  it('is a class, and for three of the five a venue', () => {
    expect(parseStream('programme')).toEqual({ class: 'programme' })
    expect(parseStream('control')).toEqual({ class: 'control' })
    expect(parseStream(floorOf('v-main'))).toEqual({ class: 'floor', venue: 'v-main' })
    expect(parseStream(rosterOf('v-main'))).toEqual({ class: 'roster', venue: 'v-main' })
    expect(parseStream(visitsOf('v-main'))).toEqual({ class: 'visits', venue: 'v-main' })
  })

  it.each(['', 'floor', 'floor:', 'floor:*', 'programme:v-main', 'control:', 'Floor:v-main', 'flo', 'kitchen:v-main', ':v-main'])('is not %j', (name) => {
    expect(parseStream(name)).toBeUndefined()
  })
})

describe('a grant', () => {
  it('covers the stream of its name', () => {
    expect(grantCovers('floor:v-main', 'floor:v-main')).toBe(true)
    expect(grantCovers('programme', 'programme')).toBe(true)
    expect(grantCovers('floor:v-main', 'floor:v-east')).toBe(false)
    expect(grantCovers('floor:v-main', 'floor:v-main2')).toBe(false)
    expect(grantCovers('floor:v-main', 'roster:v-main')).toBe(false)
  })

  it('covers every venue of its class with a star', () => {
    expect(grantCovers('floor:*', 'floor:v-east')).toBe(true)
    expect(grantCovers('floor:*', 'roster:v-east')).toBe(false)
    expect(grantCovers('floor:*', 'programme')).toBe(false)
  })

  it('covers nothing that is no stream, not even its own pattern', () => {
    expect(grantCovers('floor:*', 'floor:*')).toBe(false)
    expect(grantCovers('floor:*', 'floor:')).toBe(false)
    expect(grantCovers('kitchen', 'kitchen')).toBe(false)
  })
})
