import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

/**
 * WCAG 2.2 contrast of every colour in tokens.css on every colour it stands on, in every theme:
 * text 4.5:1 (1.4.3), 7:1 in sunlight (product.md), edges and focus rings of controls 3:1 (1.4.11).
 */
const css = readFileSync('src/app/styles/tokens.css', 'utf8')

function colours(selector: string): Map<string, string> {
  const start = css.indexOf(`${selector} {`)
  const block = css.slice(start, css.indexOf('}', start))
  return new Map([...block.matchAll(/--([\w-]+): (#[0-9A-F]{6});/g)].map(([, name = '', hex = '']) => [name, hex]))
}

const paper = colours(':root')
const themes = {
  paper,
  dark: new Map([...paper, ...colours(":root[data-theme='dark']")]),
  sunlight: new Map([...paper, ...colours(":root[data-theme='sunlight']")]),
}

const surfaces = ['paper', 'card', 'tint']
const zones = ['red', 'orange', 'green', 'gold', 'blue'].map((colour) => `zone-${colour}`)
const verdicts = ['admitted', 'repeat', 'unverified', 'refused'].map((verdict) => `verdict-${verdict}`)

/** Each voice, and what it is written on. */
const texts: Record<string, string[]> = {
  'ink': surfaces,
  'ink-soft': surfaces,
  'act': surfaces,
  'here': surfaces,
  'good': surfaces,
  'attention': surfaces,
  'bad': surfaces,
  ...Object.fromEntries(zones.map((zone) => [zone, surfaces])),
  'on-act': ['act'],
  'on-zone': zones,
  // A chosen option: paper on ink, or on its zone's colour.
  'paper': ['ink', ...zones],
  'on-verdict': verdicts,
  'on-strip': ['strip'],
  'strip-act': ['strip'],
  'on-camera': ['camera'],
  // A mark's sign, cut out of its shape.
  'card': ['good', 'attention', 'bad'],
}
const outlines: Record<string, string[]> = { edge: surfaces }
/** Hairlines that only decorate: nothing is lost when they are not seen. */
const decoration = ['line']

function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5]
    .map((at) => parseInt(hex.slice(at, at + 2), 16) / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b)
  return (light + 0.05) / (dark + 0.05)
}

function tooFaint(theme: Map<string, string>, pairs: Record<string, string[]>, least: number): string[] {
  return Object.entries(pairs).flatMap(([voice, grounds]) => grounds
    .map((ground) => ({ pair: `${voice} on ${ground}`, ratio: contrast(theme.get(voice) ?? '', theme.get(ground) ?? '') }))
    .filter(({ ratio }) => !(ratio >= least))
    .map(({ pair, ratio }) => `${pair}: ${ratio.toFixed(2)}`))
}

test.each(Object.entries(themes))('%s: every text can be read, every control seen', (name, theme) => {
  expect(tooFaint(theme, texts, name === 'sunlight' ? 7 : 4.5)).toEqual([])
  expect(tooFaint(theme, outlines, 3)).toEqual([])
})

test('no colour escapes these tables', () => {
  const known = new Set([...Object.keys(texts), ...Object.values(texts).flat(), ...Object.keys(outlines), ...decoration])
  expect([...paper.keys()].filter((name) => !known.has(name))).toEqual([])
  for (const theme of Object.values(themes)) expect([...theme.keys()].filter((name) => !paper.has(name))).toEqual([])
})

test('the known ratios of black, white and grey', () => {
  expect(contrast('#000000', '#FFFFFF')).toBeCloseTo(21)
  expect(contrast('#777777', '#FFFFFF')).toBeCloseTo(4.48, 2)
})
