// @vitest-environment jsdom
import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { nextTick } from 'vue'
import { tailOf, useDevice } from '../../../src/app/stores/device'
import { useRole } from '../../../src/app/stores/role'
import type { Change, Device, Identity } from '../../../src/device'

const { openDevice, StorageError } = vi.hoisted(() => ({
  openDevice: vi.fn<() => Promise<Device>>(),
  StorageError: class extends Error {
    fault = 'storage-refused'
  },
}))
vi.mock('../../../src/device', () => ({ openDevice, StorageError }))

let tell: (change: Change) => void
let identity: Partial<Identity> | undefined
const testStorage = vi.fn<Device['testStorage']>()

beforeEach(() => {
  setActivePinia(createPinia())
  identity = undefined
  testStorage.mockResolvedValue({ ok: true, milliseconds: 1 })
  openDevice.mockReset().mockImplementation(() => Promise.resolve({
    identity: () => identity, status: () => ({ waiting: 0 }), festival: () => undefined, programme: () => ({}), now: () => 1_000,
    startSync: () => () => {}, subscribe: (listener: (change: Change) => void) => { tell = listener; return () => {} }, testStorage,
  } as unknown as Device))
})
afterEach(() => localStorage.clear())

test('it opens once, and syncs from then on', async () => {
  const staff = useDevice()
  await Promise.all([staff.open(), staff.open()])
  expect([openDevice.mock.calls.length, staff.now, staff.fault]).toEqual([1, 1_000, undefined])
})

test('a storage that is refused is said, and may be tried again', async () => {
  openDevice.mockRejectedValueOnce(new StorageError())
  const staff = useDevice()
  await staff.open()
  expect([staff.device, staff.fault]).toEqual([undefined, 'storage-refused'])
  await staff.open()
  expect([staff.device !== undefined, staff.fault]).toEqual([true, undefined])
})

test('a storage that opens and fails its test is said too; nothing is opened twice', async () => {
  testStorage.mockResolvedValueOnce({ ok: false, fault: 'storage-full' })
  const staff = useDevice()
  await staff.open()
  expect(staff.fault).toBe('storage-full')
  await staff.open()
  expect([staff.fault, openDevice.mock.calls.length]).toEqual([undefined, 1])
})

test('joining gives the phone its role, and from then on it opens with the app; a revocation takes the role away', async () => {
  const staff = useDevice()
  const role = useRole()
  await staff.open()
  expect(role.held).toEqual(['resident'])
  identity = { device: 'abcdefgh9qx4', role: 'volunteer', festival: { timeZone: 'Asia/Shanghai' } as Identity['festival'] }
  tell('identity')
  await nextTick()
  expect([staff.identity, role.held, staff.joinedBefore]).toEqual([identity, ['resident', 'volunteer'], true])
  identity = { ...identity, revoked: true }
  tell('identity')
  await nextTick()
  expect([role.held, staff.joinedBefore]).toEqual([['resident'], true])
})

test('phones are told apart by the end of their id', () => {
  expect(tailOf('abcdefgh9qx4')).toBe('9QX4')
})
