import { IDBFactory, IDBKeyRange } from 'fake-indexeddb'
import fc from 'fast-check'
import { beforeEach, describe, expect, test } from 'vitest'
import type { KeptIdentity } from '../../src/device/identity'
import { Outbox } from '../../src/device/outbox'
import { browserPorts } from '../../src/device/ports'
import { clockAt } from '../../src/domain/clock'
import { makeKeyPair, sign, verify } from '../../src/protocol/signature'
import { start } from './world'

const device = 'aaaaaaaaaaaa'
const epoch = 'e1'
const operation = { stream: 'floor:v-main', kind: 'checkin', body: { post: 'a-open', ticket: 'K7M29QX4', by: 'camera' } }
const draft = { device, operation, now: start, heard: 0 }

function identity(of = device, keys?: CryptoKeyPair): KeptIdentity {
  return {
    device: of, name: '一号手机', role: 'volunteer', venue: 'v-main', streams: ['floor:v-main'], joinedAt: start, token: 'secret', ticketKeys: [],
    festival: { id: 'f', number: 1, name: '邻里节', firstDay: '2023-05-20', lastDay: '2023-05-28', timeZone: 'Asia/Shanghai' },
    keys: keys ?? {} as CryptoKeyPair,
  }
}

let storage: IDBFactory
let outbox: Outbox
const openTab = () => new Outbox({ ...browserPorts(), indexedDB: storage, IDBKeyRange })

beforeEach(async () => {
  storage = new IDBFactory()
  outbox = openTab()
  await outbox.adopt(identity(), epoch, 0)
})

const said = (accepted: number, more = {}) => ({ epoch, accepted, root: accepted, quarantined: [], ...more })
const aside = (n: number) => ({ device, n, code: 'malformed', detail: 'checkin body' })
const standing = async () => (await outbox.read()).standings.get(device)

describe('numbering', () => {
  test('two tabs that write at the same time take every number once and leave none out', async () => {
    await fc.assert(fc.asyncProperty(fc.array(fc.boolean(), { minLength: 1, maxLength: 30 }), async (turns) => {
      storage = new IDBFactory()
      const tabs = [openTab(), openTab()] as const
      await tabs[0].adopt(identity(), epoch, 0)
      await Promise.all(turns.map((second) => tabs[second ? 1 : 0].append(draft)))
      const written = await tabs[0].operations(device)
      expect(written.map(({ n }) => n)).toEqual(turns.map((_, index) => index + 1))
      const clocks = written.map(({ at }) => at)
      expect(clocks).toEqual([...new Set(clocks)].sort((a, b) => a - b))
    }), { numRuns: 20 })
  })

  test('what was judged on an older picture is not written', async () => {
    await outbox.append(draft)
    expect(await openTab().append({ ...draft, expected: 1 })).toEqual({ ok: false, why: 'behind' })
    expect(await openTab().append({ ...draft, expected: 2 })).toMatchObject({ ok: true, operation: { n: 2 } })
  })

  test('the clock never goes back: not after a restart, not for a clock set back, not behind what was heard', async () => {
    await outbox.append({ ...draft, now: start + 60_000 })
    outbox.close()
    const later = await openTab().append({ ...draft, now: start })
    expect(later).toMatchObject({ operation: { at: clockAt(start + 60_000) + 1 } })
    const heard = clockAt(start + 90_000)
    expect(await outbox.append({ ...draft, heard })).toMatchObject({ operation: { at: heard + 1 } })
  })

  test('numbers begin at 1 again for a new device, and only the present one writes', async () => {
    await outbox.append(draft)
    await outbox.adopt(identity('bbbbbbbbbbbb'), epoch, 0)
    expect(await outbox.append({ ...draft, device: 'bbbbbbbbbbbb' })).toMatchObject({ operation: { n: 1 } })
    expect(await outbox.append(draft)).toEqual({ ok: false, why: 'not-current' })
    expect(await outbox.operations(device)).toHaveLength(1)
  })

  test.each([{ frozen: true } as const, { revoked: true } as const])('nobody writes as a device that is %o', async (what) => {
    await outbox.mark(device, what)
    expect(await outbox.append(draft)).toEqual({ ok: false, why: 'not-current' })
  })
})

describe('what the server said', () => {
  beforeEach(async () => { for (let n = 1; n <= 5; n++) await outbox.append(draft) })

  test('an answer that was overtaken takes nothing back', async () => {
    await outbox.acknowledge(device, said(5), 5)
    await outbox.acknowledge(device, said(3), 3)
    expect(await standing()).toMatchObject({ accepted: 5, root: 5 })
  })

  test('a gap takes back as far as the server says', async () => {
    await outbox.acknowledge(device, said(5), 5)
    await outbox.acknowledge(device, said(2), 2, 'gap')
    expect(await standing()).toMatchObject({ accepted: 2, root: 2 })
  })

  test('another log begins anew', async () => {
    await outbox.acknowledge(device, said(5), 5)
    await outbox.acknowledge(device, said(1, { epoch: 'e2' }), 1)
    expect(await standing()).toMatchObject({ epoch: 'e2', accepted: 1 })
  })

  test('what was put aside stays so until the other log has judged it', async () => {
    await outbox.acknowledge(device, said(5, { quarantined: [aside(2), aside(4)] }), 5)
    await outbox.acknowledge(device, said(3, { epoch: 'e2' }), 3)
    expect((await standing())?.quarantined).toEqual([aside(4)])
  })

  test('more than was ever written here means that this phone is an older copy of itself', async () => {
    expect(await outbox.acknowledge(device, said(6), 6)).toBe('ahead')
    expect(await standing()).toMatchObject({ accepted: 0 })
  })

  test('what was not brought from here is not taken for acknowledged: a copy of this phone may have written something else there', async () => {
    await outbox.acknowledge(device, said(2), 2)
    expect(await outbox.acknowledge(device, said(4, { quarantined: [aside(1), aside(3)] }), 0)).toBe('noted')
    expect(await standing()).toMatchObject({ accepted: 2, root: 2, quarantined: [aside(1)] })
    await outbox.acknowledge(device, said(4), 4)
    expect(await standing()).toMatchObject({ accepted: 4 })
  })

  test('what was brought to one log counts as proven at the next', async () => {
    await outbox.acknowledge(device, said(4), 4)
    await outbox.acknowledge(device, said(3, { epoch: 'e2' }), 0)
    expect(await standing()).toMatchObject({ epoch: 'e2', accepted: 3, proven: 4 })
  })

  test('only what was acknowledged is erased', async () => {
    await outbox.erase(device, 3, ({ n }) => n !== 2)
    expect((await outbox.operations(device)).map(({ body }) => body === null)).toEqual([true, false, true, false, false])
  })
})

describe('identity', () => {
  test('the key pair is stored as it is: it signs after a restart, and its private part can not be read', async () => {
    const keys = await makeKeyPair(false)
    await outbox.adopt(identity(device, keys), epoch, 250)
    outbox.close()
    const { identities: [kept], current, offset } = await openTab().read()
    expect({ current, offset }).toEqual({ current: device, offset: 250 })
    const bytes = new Uint8Array([1, 2, 3])
    expect(await verify(keys.publicKey, await sign(kept!.keys.privateKey, bytes), bytes)).toBe(true)
    await expect(crypto.subtle.exportKey('jwk', kept!.keys.privateKey)).rejects.toThrow()
  })

  test('asking again with one invite uses one key; joining ends that', async () => {
    const first = await makeKeyPair(false)
    const publicKey = async (keys: CryptoKeyPair) => (await crypto.subtle.exportKey('jwk', keys.publicKey)).x
    await outbox.keysToJoin('CODE', first)
    const again = await openTab().keysToJoin('CODE', await makeKeyPair(false))
    expect(await publicKey(again)).toBe(await publicKey(first))
    await outbox.adopt(identity('bbbbbbbbbbbb', first), epoch, 0)
    expect(await publicKey(await outbox.keysToJoin('CODE', await makeKeyPair(false)))).not.toBe(await publicKey(first))
  })
})
