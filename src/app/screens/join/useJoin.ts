import { ref, shallowRef } from 'vue'
import type { DownloadProgress, JoinStep, Trouble } from '../../../device'
import { useDevice } from '../../stores/device'

/**
 *   code ──► name ──► joining ──► downloading ──► testing
 *    ▲                  │  ▲          │  ▲
 *    └── another code ──┤  └ again    │  └ again, from where it stopped
 *                       └► failed ◄───┘
 *
 * A phone that has joined begins at `already`, and at `downloading` when that was cut short.
 */
export type Stage = 'already' | 'code' | 'name' | 'joining' | 'downloading' | 'failed' | 'testing'

/** Joining, from an invite's code to a phone that is ready to be tested. */
export function useJoin() {
  const staff = useDevice()
  const stage = ref<Stage>('code')
  const code = ref('')
  const name = ref('')
  const step = ref<JoinStep>('storage')
  const progress = shallowRef<DownloadProgress>({ received: 0, expected: 0, bytes: 0 })
  const failure = shallowRef<{ during: 'join' | 'download'; code: Trouble }>()

  /** A code came: from the link, the keyboard or the camera. */
  function invite(given: string): void {
    code.value = given
    stage.value = 'name'
  }

  async function join(): Promise<void> {
    if (!staff.device) return
    stage.value = 'joining'
    const outcome = await staff.device.join(code.value, name.value.trim(), (now) => { step.value = now })
    if (outcome.ok) await download()
    else fail('join', outcome.code)
  }

  async function download(): Promise<void> {
    if (!staff.device) return
    stage.value = 'downloading'
    const outcome = await staff.device.download((now) => { progress.value = now })
    if (outcome.ok) stage.value = 'testing'
    else fail('download', outcome.code)
  }

  function fail(during: 'join' | 'download', why: Trouble): void {
    failure.value = { during, code: why }
    stage.value = 'failed'
  }

  const retry = () => (failure.value?.during === 'join' ? join() : download())
  const reconsider = () => { stage.value = 'code' }

  return { stage, code, name, step, progress, failure, invite, join, download, retry, reconsider }
}
