import { createHash, randomBytes } from 'node:crypto'

/** What phones of every contender have in common: crowd.ts tells them to prepare, then to go. */

/**
 * @typedef {{ origin: string, phones: number, operations: number, total: number }} Prepare
 * @typedef {{ sync(): Promise<number>, ids(): Promise<string[]> }} ContenderPhone
 */

/** @param {(told: Prepare, name: string) => Promise<ContenderPhone>} makePhone made with its operations written and without a network */
export function listen(makePhone) {
  /** @type {ContenderPhone[]} */
  let phones = []

  /** @param {Prepare} told */
  async function prepare(told) {
    for (let index = 0; index < told.phones; index++) phones.push(await makePhone(told, `phone${process.pid}x${index}`))
    return { ready: true }
  }

  async function go() {
    const finished = Math.max(...(await Promise.all(phones.map((phone) => phone.sync()))))
    const ids = await Promise.all(phones.map((phone) => phone.ids()))
    return { finished, digests: ids.map((list) => createHash('sha256').update(list.sort().join()).digest('hex')) }
  }

  process.on('message', (/** @type {{ prepare?: Prepare }} */ message) => {
    const answer = message.prepare ? prepare(message.prepare) : go()
    answer.then(
      (said) => process.send?.(said),
      (error) => {
        console.error(error)
        process.exit(1)
      },
    )
  })
  process.on('disconnect', () => process.exit())
}

/** A check-in as a document: what Linli's operation says, in fields. */
export function makeCheckIn(/** @type {string} */ device, /** @type {number} */ n, /** @type {number} */ of) {
  const at = (Date.now() - (of - n) * 6000) * 4096
  const ticket = randomBytes(5).toString('hex').slice(0, 8).toUpperCase()
  return { device, n, at, stream: 'floor:v-main', kind: 'checkin', post: `b-g${1 + (n % 5)}`, ticket, by: 'camera' }
}
