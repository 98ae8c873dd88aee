import { expect, test, vi } from 'vitest'
import { useReceiving } from '../../../../src/app/screens/sync/useReceiving'
import type { ReceiveOutcome } from '../../../../src/device'
import { maxHandOver, writeHandOver } from '../../../../src/protocol/handover'
import { cutIntoFrames, type Frames } from '../../../../src/protocol/handoverFrames'
import { pack } from '../../../../src/protocol/packed'

const text = writeHandOver('f-1', [{ device: 'd', from: 1, ops: [{ at: 1, stream: 's', kind: 'k', body: crypto.getRandomValues(new Uint8Array(900)).join() }], sig: 's' }])

async function stand(outcome: ReceiveOutcome = { ok: true, operations: 1, fresh: 1 }) {
  let answer: (outcome: ReceiveOutcome) => void = () => {}
  const receive = vi.fn((_text: string) => new Promise<ReceiveOutcome>((resolve) => { answer = resolve }))
  const give = vi.fn()
  const receiving = useReceiving(() => ({ receive }), give)
  const frames = await cutIntoFrames(await pack(text)) as Frames
  const look = async () => { for (let number = 0; number < frames.count; number++) void receiving.see(frames.at(number)) }
  const durable = async () => {
    await vi.waitFor(() => { expect(receive).toHaveBeenCalled() })
    answer(outcome)
    await vi.waitFor(() => { expect(receiving.outcome.value).toEqual(outcome) })
  }
  return { receiving, receive, give, frames, look, durable }
}

test('codes are gathered, and nothing is said to be received before it is durable', async () => {
  const { receiving, receive, give, frames, look, durable } = await stand()
  void receiving.see(frames.at(0))
  expect(receiving.progress.value).toBeCloseTo(1 / frames.count)
  await look()
  await vi.waitFor(() => { expect(receive).toHaveBeenCalledWith(text) })
  expect([receiving.storing.value, receiving.outcome.value, give.mock.calls]).toEqual([true, undefined, []])
  await durable()
  expect(give.mock.calls).toEqual([['welcome']])
  // The codes go on before the camera.
  await look()
  expect(receive).toHaveBeenCalledTimes(1)
  receiving.again()
  expect([receiving.progress.value, receiving.outcome.value, receiving.storing.value]).toEqual([0, undefined, false])
})

test('another code is told apart, until a right one comes', async () => {
  const { receiving, frames } = await stand()
  void receiving.see('https://example.org')
  expect(receiving.otherCode.value).toBe(true)
  void receiving.see(frames.at(0))
  expect(receiving.otherCode.value).toBe(false)
})

test('a file is received as it is; one that no phone wrote is not even read', async () => {
  const { receiving, receive, give, durable } = await stand({ ok: false, code: 'damaged' })
  void receiving.read(new Blob([text.slice(0, 9)]))
  await durable()
  expect(receive).toHaveBeenCalledWith(text.slice(0, 9))
  expect(give.mock.calls).toEqual([['stop']])
  receiving.again()
  await receiving.read({ size: maxHandOver + 1 } as Blob)
  expect(receiving.outcome.value).toEqual({ ok: false, code: 'too-large' })
  expect(receive).toHaveBeenCalledTimes(1)
})
