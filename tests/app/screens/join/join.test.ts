// @vitest-environment jsdom
import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, expect, test, vi } from 'vitest'
import { ref } from 'vue'
import { useI18n } from '../../../../src/app/messages'
import { judgeInvite, showInvite } from '../../../../src/app/screens/join/inviteCode'
import { useJoin } from '../../../../src/app/screens/join/useJoin'
import { offsetInWords, useSelfTest } from '../../../../src/app/screens/join/useSelfTest'
import { useDevice } from '../../../../src/app/stores/device'
import type { Device, Outcome } from '../../../../src/device'

const { t } = useI18n()
const failed = (code: 'offline' | 'invite-used'): Outcome => ({ ok: false, code })

beforeEach(() => setActivePinia(createPinia()))

test('an invite is read from a code or a whole link', () => {
  expect(judgeInvite('https://linli.example/join#abcd-efgh-jkmn-pqrs')).toEqual({ state: 'ready', code: 'ABCDEFGHJKMNPQRS' })
  expect(judgeInvite('abcd efgh')).toEqual({ state: 'short', n: 8 })
  expect(judgeInvite('https://linli.example/menu')).toEqual({ state: 'foreign' })
  expect(showInvite('ABCDEFGHJKMNPQRS')).toBe('ABCD-EFGH-JKMN-PQRS')
})

test('joining goes on from where it failed', async () => {
  const join = vi.fn<() => Promise<Outcome>>().mockResolvedValueOnce(failed('offline')).mockResolvedValue({ ok: true })
  const download = vi.fn<() => Promise<Outcome>>().mockResolvedValueOnce(failed('offline')).mockResolvedValue({ ok: true })
  useDevice().device = { join, download, identity: () => undefined } as unknown as Device
  const joining = useJoin()
  joining.invite('ABCDEFGHJKMNPQRS')
  joining.name.value = ' 理发二号手机 '
  await joining.join()
  expect([joining.stage.value, joining.failure.value]).toEqual(['failed', { during: 'join', code: 'offline' }])
  await joining.retry()
  expect([joining.stage.value, joining.failure.value]).toEqual(['failed', { during: 'download', code: 'offline' }])
  await joining.retry()
  expect(joining.stage.value).toBe('testing')
  expect([join.mock.calls.length, download.mock.calls.length]).toEqual([2, 2])
  expect(join).toHaveBeenCalledWith('ABCDEFGHJKMNPQRS', '理发二号手机', expect.any(Function))
})

test('the self-test says what it found; only storage can be bad', async () => {
  const device = {
    testStorage: () => Promise.resolve({ ok: false as const, fault: 'storage-full' as const }),
    askPersistence: () => Promise.resolve(false),
    storageRoom: () => Promise.resolve({ used: 90 * 1024 * 1024, quota: 130 * 1024 * 1024, persisted: false }),
    measureClock: () => Promise.resolve({ offset: -3 * 60_000 - 5_000 }),
  }
  const { findings, run } = useSelfTest(device, t, ref(true))
  await run()
  expect(findings.storage).toMatchObject({ grade: 'bad', text: expect.stringContaining('手机存储满了') as string })
  expect(findings.persistence.grade).toBe('warning')
  expect(findings.room).toMatchObject({ grade: 'warning', text: expect.stringContaining('只剩 40 MB') as string })
  expect(findings.app.grade).toBe('good')
  expect(findings.clock).toEqual({ grade: 'good', text: '这台手机快了 3 分,已自动校正' })
})

test('how far a clock is off, in words', () => {
  expect([40_000, 3 * 60_000, 125 * 60_000, 25 * 3_600_000].map((off) => offsetInWords(t, off))).toEqual(['40 秒', '3 分', '2 小时 5 分', '1 天'])
})
