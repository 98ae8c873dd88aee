import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { useScanSession, verdictLasts } from '../../../../src/app/screens/scan/session'
import type { Signal } from '../../../../src/app/senses'
import type { Operation } from '../../../../src/domain/operation'
import { postOf } from '../../../../src/domain/post'
import type { Scan, Verdict } from '../../../../src/domain/verdict'
import type { ScanResult } from '../../../../src/device'
import { programme } from '../../staff/festival'

const post = postOf(programme, 'b-hair')!
const operation: Operation = { device: 'me', n: 1, at: 0, stream: 'floor:v-main', kind: 'checkin', body: {} }
const answer = (verdict: Verdict): ScanResult => ({ verdict, todayNumber: 1, ...(verdict.kind === 'admitted' && { operation }) })
const admitted = (ticket: string) => answer({ kind: 'admitted', ticket })
const typed = (id: string): Scan => ({ by: 'typed', id })

/** A device whose answers the test gives, one scan after another. */
function stand() {
  const waiting: ((result: ScanResult) => void)[] = []
  const device = {
    readTicket: vi.fn(() => Promise.resolve({ ok: false as const, code: 'not-a-ticket' as const })),
    checkIn: vi.fn(() => new Promise<ScanResult>((resolve) => { waiting.push(resolve) })),
    admitAnyway: vi.fn(() => Promise.resolve(admitted('FORGED00'))),
    undo: vi.fn(() => Promise.resolve({ ok: true as const, operation })),
    now: () => 1_000,
  }
  const given: Signal[] = []
  const session = useScanSession(device, (signal) => { given.push(signal) })
  const reply = async (result: ScanResult) => {
    await vi.waitFor(() => { expect(waiting).not.toHaveLength(0) })
    waiting.shift()?.(result)
  }
  return { device, session, given, reply }
}

beforeEach(() => { vi.useFakeTimers() })
afterEach(() => { vi.useRealTimers() })

describe('a verdict', () => {
  test('is not shown before the device says that it is durable, and a slow write says that it is going on', async () => {
    const { session, given, reply } = stand()
    const taken = session.take(typed('A'), post)
    await vi.advanceTimersByTimeAsync(300)
    expect([session.shown.value, session.saving.value, given]).toEqual([undefined, true, []])
    await reply(admitted('A'))
    await taken
    expect([session.shown.value?.result, session.saving.value, given]).toEqual([admitted('A'), false, ['welcome']])
  })

  test('goes by itself after 1.2 s; a refusal that may be overruled and a fault stay', async () => {
    const { session, reply } = stand()
    const lasts = async (result: ScanResult) => {
      const taken = session.take(typed('A'), post)
      await reply(result)
      await taken
      await vi.advanceTimersByTimeAsync(verdictLasts)
      return session.covered.value
    }
    expect(await lasts(admitted('A'))).toBe(false)
    expect(await lasts(answer({ kind: 'unverified', ticket: 'A' }))).toBe(false)
    expect(await lasts(answer({ kind: 'refused', reason: 'not-a-ticket' }))).toBe(false)
    expect(await lasts(answer({ kind: 'refused', reason: 'revoked', ticket: 'A' }))).toBe(true)
    expect(await lasts({ fault: 'storage-full' })).toBe(true)
    session.dismiss()
    expect(session.covered.value).toBe(false)
  })

  test('gives way to the next at once, and has its own 1.2 s', async () => {
    const { session, reply } = stand()
    const first = session.take(typed('A'), post)
    await reply(admitted('A'))
    await first
    await vi.advanceTimersByTimeAsync(1_000)
    const second = session.take(typed('B'), post)
    await reply(admitted('B'))
    await second
    await vi.advanceTimersByTimeAsync(verdictLasts - 1)
    expect(session.shown.value?.result).toEqual(admitted('B'))
    await vi.advanceTimersByTimeAsync(1)
    expect(session.shown.value).toBeUndefined()
  })

  test('comes in the order of the scans, also when a code takes longer to be read', async () => {
    const { device, session, reply } = stand()
    device.readTicket.mockImplementationOnce(() => new Promise((resolve) => { setTimeout(() => resolve({ ok: false, code: 'not-a-ticket' }), 50) }))
    const first = session.takeText('slow', 'camera', post)
    const second = session.take(typed('B'), post)
    await vi.advanceTimersByTimeAsync(50)
    await reply(answer({ kind: 'refused', reason: 'not-a-ticket' }))
    await first
    expect(session.shown.value?.scan.by).toBe('camera')
    await reply(admitted('B'))
    await second
    expect(session.shown.value?.scan).toEqual(typed('B'))
  })
})

test('repeats and refusals are remembered, five of them; one that is let in leaves the list', async () => {
  const { device, session, reply } = stand()
  for (let n = 0; n < 6; n++) {
    const taken = session.take(typed(`A${n}`), post)
    await reply(answer({ kind: 'refused', reason: 'revoked', ticket: `A${n}` }))
    await taken
  }
  expect(session.turnedAway.value.map(({ id }) => id)).toEqual([6, 5, 4, 3, 2])
  const [, fifth] = session.turnedAway.value
  await session.admit(fifth!, '本人到场')
  expect(device.admitAnyway).toHaveBeenCalledWith(post, 'A4', 'typed', '本人到场')
  expect(session.turnedAway.value.map(({ id }) => id)).toEqual([6, 4, 3, 2])
  expect(session.shown.value?.result).toEqual(admitted('FORGED00'))
})

test('an undo that could not be saved fills the screen and changes nothing', async () => {
  const { device, session, given } = stand()
  expect(await session.undo(operation, '误扫')).toBe(true)
  expect(session.covered.value).toBe(false)
  device.undo.mockResolvedValueOnce({ ok: false, fault: 'storage-full' } as never)
  expect(await session.undo(operation, '误扫')).toBe(false)
  expect([session.failure.value, given]).toEqual([{ about: 'undo', fault: 'storage-full' }, ['stop']])
})
