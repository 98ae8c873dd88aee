import type { City, Server } from './city'
import type { Dice } from './dice'
import type { Actor, Stage } from './stage'

/** How likely each mishap of one request is. */
export interface Weather {
  lost: number
  replyLost: number
  twice: number
  cut: number
  nonsense: number
  busy: number
  broken: number
  slow: number
}
export const fine: Weather = { lost: 0, replyLost: 0, twice: 0, cut: 0, nonsense: 0, busy: 0, broken: 0, slow: 0 }

/** Longer than a phone waits for an answer: it arrives, and nobody is there. */
const verySlow = [41_000, 90_000] as const

/** What a page asks. */
interface Question {
  path: string
  init: RequestInit
  /** The version of the protocol that it is asked in. */
  speaks: number
}

interface Message extends Question {
  /** Nobody waits for the answer any more. */
  gone: AbortSignal
  to: Server
}

/** As much of a Request as the server reads; a whole one with its streams takes longer than all that is done about it. */
function requestOf({ path, init, gone }: Message): Request {
  const { method = 'GET', headers, body } = init
  const read: Partial<Record<keyof Request, unknown>> = {
    method, url: `http://linli${path}`, headers: new Headers(headers), body: body ? [body] : null, signal: gone,
  }
  return read as Request
}
type Settle = (reply: Response | undefined) => void

/** As much of a Response as is read. */
function replyOf(said: string | Uint8Array, status = 200, headers: Record<string, string> | Headers = {}): Response {
  const read: Partial<Record<keyof Response, unknown>> = {
    status, ok: status >= 200 && status < 300, headers: headers instanceof Headers ? headers : new Headers(headers),
    arrayBuffer: async () => (typeof said === 'string' ? new TextEncoder().encode(said) : new Uint8Array(said)).buffer,
  }
  return read as Response
}

/** One end of the network. */
export interface Link {
  partitioned: boolean
  /** Whom it leads to; the city where nothing else is said. */
  to?: Server
}

/** What lies between phones and the city: loses, doubles, delays, overtakes, cuts and answers for the other side. */
export class Wire {
  weather = fine
  /** Versions of the protocol that the city speaks. A later one is told from the first by its number only: nothing else is tried here. */
  citySpeaks: readonly number[] = [1]
  /** Requests that the city has done, to be sent again when all is at rest. */
  readonly taken: Message[] = []
  readonly #stage: Stage
  readonly #dice: Dice
  readonly #city: City
  readonly #server: Actor = { name: 'server', alive: true }

  constructor(stage: Stage, dice: Dice, city: City) {
    this.#stage = stage
    this.#dice = dice
    this.#city = city
  }

  /** `fetch` as a page has it. */
  send(tab: Actor, link: Link, question: Question): Promise<Response> {
    return new Promise((resolve, reject) => {
      const dice = this.#dice
      const gone = new AbortController()
      question.init.signal?.addEventListener('abort', () => {
        reject(new DOMException('aborted', 'AbortError'))
        this.#stage.after(this.#delay(), this.#server, () => gone.abort())
      })
      const settle: Settle = (reply) => {
        // Without an answer the phone is told at once, or waits until it has had enough.
        if (!reply && dice.chance(0.5)) return
        this.#stage.after(this.#delay(), tab, () => {
          if (reply && !link.partitioned) resolve(reply)
          else reject(new TypeError('network'))
        })
      }
      const message = { ...question, gone: gone.signal, to: link.to ?? this.#city }
      const { weather } = this
      if (link.partitioned || dice.chance(weather.lost)) return settle(undefined)
      if (dice.chance(weather.busy)) return settle(refusal(dice.pick([429, 503]), dice.between(1, 20)))
      this.#stage.after(this.#delay(), this.#server, () => this.#arrive(message, settle))
      // The same bytes once more, maybe long after.
      if (dice.chance(weather.twice)) this.#stage.after(this.#delay() + dice.between(0, 30_000), this.#server, () => this.#arrive(message, () => {}))
    })
  }

  /** Sends once more what the city has done before. */
  resend(message: Message): Promise<Response | undefined> {
    return this.#city.handle(requestOf({ ...message, gone: new AbortController().signal }))
  }

  async #ask(message: Message): Promise<Response | undefined> {
    if (message.to !== this.#city) return message.to.handle(requestOf(message))
    if (message.path !== '/api/sync' || this.citySpeaks.includes(message.speaks)) return this.#city.handle(requestOf(message))
    return this.#city.up ? replyOf(JSON.stringify({ code: 'unknown-version', status: 400 }), 400) : undefined
  }

  #arrive(message: Message, settle: Settle): void {
    void this.#ask(message).then(async (response) => {
      if (response?.ok && message.to === this.#city) this.taken.push(message)
      settle(response && this.#spoil(response, new Uint8Array(await response.arrayBuffer())))
    })
  }

  #spoil({ status, headers }: Response, bytes: Uint8Array): Response | undefined {
    const { weather } = this
    const dice = this.#dice
    if (dice.chance(weather.replyLost)) return undefined
    if (dice.chance(weather.broken)) return replyOf('<h1>Bad Gateway</h1>', dice.pick([500, 502, 504]))
    if (dice.chance(weather.cut)) return replyOf(bytes.slice(0, dice.between(0, bytes.length - 1)), status, headers)
    if (dice.chance(weather.nonsense)) return nonsense(dice)
    return replyOf(bytes, status, headers)
  }

  #delay(): number {
    const dice = this.#dice
    if (!dice.chance(this.weather.slow)) return dice.between(2, 60)
    return dice.chance(0.2) ? dice.between(...verySlow) : dice.between(200, 5_000)
  }
}

function refusal(status: number, seconds: number): Response {
  const code = status === 429 ? 'too-many-requests' : 'not-ready'
  return replyOf(JSON.stringify({ code, status }), status, { 'retry-after': String(seconds) })
}

/** What other programs answer under our address: a captive portal, an older proxy's cache, a server that knows no device. */
function nonsense(dice: Dice): Response {
  const answer = { v: 1, epoch: 'epoch 0', now: 0, accepted: {}, root: {}, quarantined: [], streams: {}, more: false }
  return replyOf(...dice.pick<[string, number?]>([
    ['<html>Log in to the Wi-Fi</html>'],
    ['[]'],
    ['{"ok":true}'],
    [JSON.stringify(answer)],
    [JSON.stringify({ ...answer, streams: { 'floor:v-main': { from: 900, head: 901, ops: [] } } })],
    ['{"code":"not-found","status":404}', 404],
  ]))
}
