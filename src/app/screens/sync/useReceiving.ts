import { computed, readonly, ref, shallowReadonly, shallowRef } from 'vue'
import type { Device, ReceiveOutcome } from '../../../device'
import { maxHandOver } from '../../../protocol/handover'
import { FrameReader } from '../../../protocol/handoverFrames'
import { unpack } from '../../../protocol/packed'
import type { Signal } from '../../senses'

/**
 * Receiving from another phone, by camera or from a file. Nothing is said to be received before the device says that it is durable.
 * @param give says a signal to ear and hand
 */
export function useReceiving(device: () => Pick<Device, 'receive'> | undefined, give: (signal: Signal) => void) {
  let reader = new FrameReader()
  /** From 0 to 1. */
  const progress = ref(0)
  const storing = ref(false)
  /** The code before the camera is not a hand-over's. */
  const otherCode = ref(false)
  const outcome = shallowRef<ReceiveOutcome>()
  const over = computed(() => storing.value || outcome.value !== undefined)

  /** A code before the camera. */
  async function see(text: string): Promise<void> {
    if (over.value) return
    otherCode.value = !reader.add(text)
    progress.value = reader.progress
    if (progress.value < 1) return
    storing.value = true
    const whole = await reader.whole()
    // Something was read wrong: the reader has begun anew, and the codes go on.
    if (!whole) storing.value = false
    else await store(await unpack(whole, maxHandOver))
  }

  async function read(file: Blob): Promise<void> {
    if (file.size > maxHandOver) return end({ ok: false, code: 'too-large' })
    storing.value = true
    await store(await file.text().catch(() => undefined))
  }

  /** @param text undefined when it could not be read */
  async function store(text: string | undefined): Promise<void> {
    const to = device()
    if (!to) return
    end(text === undefined ? { ok: false, code: 'damaged' } : await to.receive(text))
    storing.value = false
  }

  function end(came: ReceiveOutcome): void {
    outcome.value = came
    give(came.ok ? 'welcome' : 'stop')
  }

  /** For the next phone. */
  function again(): void {
    reader = new FrameReader()
    progress.value = 0
    otherCode.value = false
    outcome.value = undefined
  }

  return {
    progress: readonly(progress), storing: readonly(storing), otherCode: readonly(otherCode), outcome: shallowReadonly(outcome),
    see, read, again,
  }
}
