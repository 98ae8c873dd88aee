import { until } from '@vueuse/core'
import { reactive, ref } from 'vue'
import type { Ref } from 'vue'
import type { Device } from '../../../device'
import { appStored } from '../../appStored'
import type { Say } from '../../messages/say'
import { ageInWords } from '../../staff/moment'
import { freeOf, isLow, sizeInWords } from '../../staff/room'

/** `warning`: something is missing, and the shift can do without it. `bad`: it can't. */
export type Grade = 'checking' | 'good' | 'warning' | 'bad'

export interface Finding {
  grade: Grade
  /** What was found, in a sentence. */
  text: string
}

/** Below this, in milliseconds, a clock is right: check-ins are told apart by the minute. */
const rightEnough = 2_000

const checking: Finding = { grade: 'checking', text: '' }

/** What this phone alone can find out. Camera and sound need a person, and are asked by their own rows. */
export function useSelfTest(device: Pick<Device, 'testStorage' | 'askPersistence' | 'storageRoom' | 'measureClock'>, say: Say, stored: Readonly<Ref<boolean | undefined>> = appStored) {
  const findings = reactive({ storage: checking, room: checking, persistence: checking, app: checking, clock: checking })
  const running = ref(false)

  async function run(): Promise<void> {
    running.value = true
    Object.assign(findings, { storage: checking, room: checking, persistence: checking, clock: checking })
    void app()
    await Promise.all([storage(), room(), persistence(), clock()])
    running.value = false
  }

  async function storage(): Promise<void> {
    const result = await device.testStorage()
    findings.storage = result.ok
      ? { grade: 'good', text: say('join.test.storage.good', { n: Math.round(result.milliseconds) }) }
      : { grade: 'bad', text: `${say(`staff.fault.${result.fault}.why`)}. ${say(`staff.fault.${result.fault}.advice`)}` }
  }

  async function room(): Promise<void> {
    const found = await device.storageRoom()
    if (!found) {
      findings.room = { grade: 'warning', text: say('join.test.room.unknown') }
      return
    }
    const grade = isLow(found) ? 'warning' : 'good'
    findings.room = { grade, text: say(`join.test.room.${grade}`, { size: sizeInWords(say, freeOf(found)) }) }
  }

  async function persistence(): Promise<void> {
    findings.persistence = await device.askPersistence()
      ? { grade: 'good', text: say('join.test.persistence.good') }
      : { grade: 'warning', text: say('join.test.persistence.warning') }
  }

  /** On a slow network the app's last part comes later than the roster; nothing else waits for it. */
  async function app(): Promise<void> {
    findings.app = { grade: 'checking', text: say('join.test.app.checking') }
    findings.app = await until(stored).not.toBeUndefined()
      ? { grade: 'good', text: say('join.test.app.good') }
      : { grade: 'warning', text: say('join.test.app.warning') }
  }

  async function clock(): Promise<void> {
    const result = await device.measureClock()
    if ('fault' in result) {
      findings.clock = { grade: 'warning', text: say('join.test.clock.warning') }
      return
    }
    const key = result.offset < 0 ? 'join.test.clock.fast' : 'join.test.clock.slow'
    const text = Math.abs(result.offset) < rightEnough ? say('join.test.clock.good') : say(key, { age: offsetInWords(say, Math.abs(result.offset)) })
    findings.clock = { grade: 'good', text }
  }

  return { findings, running, run }
}

/** `40 秒`, `3 分`, `2 小时 5 分`, `1 天` */
export function offsetInWords(say: Say, milliseconds: number): string {
  const minutes = milliseconds / 60_000
  if (minutes < 1) return say('join.test.clock.seconds', { n: Math.round(milliseconds / 1000) })
  const days = Math.round(minutes / (24 * 60))
  return days >= 1 && minutes >= 24 * 60 ? say('join.test.clock.days', { n: days }) : ageInWords(say, milliseconds)
}
