import type { CheckIn } from '../../../domain/state'
import type { DeviceId, TicketId } from '../../../domain/operation'
import type { Attendee } from '../../../domain/attendees'
import type { RefusalReason, Verdict } from '../../../domain/verdict'
import { millisecondsOf } from '../../../domain/clock'
import { addDays } from '../../../domain/localTime'
import { showTicketId } from '../../../protocol/crockford'
import type { Say } from '../../messages/say'
import { momentOf } from '../../staff/moment'
import { freshness } from './freshness'

/** What a verdict says on the full screen, in words, top to bottom. */
export interface Sign {
  kind: Verdict['kind']
  /** Under the word: who, or for a refusal why. */
  title: string
  lines: string[]
  /** The small line above the buttons. */
  foot?: string
  /** A person may let this ticket in all the same, with a reason. */
  mayAdmit: boolean
}

/** What the words depend on besides the verdict. */
export interface Scene {
  say: Say
  now: number
  timeZone: string
  /** Festival's first day, `2023-05-20`: valid days are counted from it. */
  firstDay: string
  /** `绿区 · 便民理发`: the post's zone and name, in the person's language. */
  place: string
  /** Of any post, for where somebody was first. */
  nameOfPost(post: string): string
  /** How people tell that phone from others; undefined for this one. */
  nameOfDevice(device: DeviceId): string | undefined
  todayNumber?: number
  knownUntil?: number
}

export function signOf(verdict: Verdict, scene: Scene): Sign {
  const { say, place, todayNumber } = scene
  const fresh = freshness(say, scene.knownUntil, scene.now, scene.timeZone)
  const number = todayNumber === undefined ? [] : [say('scan.todayNth', { n: todayNumber })]
  switch (verdict.kind) {
    case 'admitted':
      return { kind: 'admitted', title: nameOf(verdict), lines: [place, ...number], foot: fresh, mayAdmit: false }
    case 'unverified':
      return {
        kind: 'unverified', title: showTicketId(verdict.ticket),
        lines: [say('scan.unverified.accepted'), rosterLine(scene), place, ...number], foot: fresh, mayAdmit: false,
      }
    case 'repeat':
      return { kind: 'repeat', title: nameOf(verdict), lines: whoWasFirst(verdict.first, scene), foot: fresh, mayAdmit: false }
    case 'refused':
      return {
        kind: 'refused', title: say(`scan.refused.${verdict.reason}.why`), lines: adviceOn(verdict, scene),
        mayAdmit: verdict.ticket !== undefined,
      }
  }
}

/** The name or alias on the roster, else the code's short form. */
export function nameOf({ ticket, attendee }: { ticket: TicketId; attendee?: Attendee }): string {
  return attendee?.alias ?? showTicketId(ticket)
}

/** When, where and on which phone it was first let in. */
export function whoWasFirst(first: CheckIn, { say, now, timeZone, nameOfPost, nameOfDevice }: Scene): string[] {
  const time = momentOf(millisecondsOf(first.source.at), now, timeZone)
  const phone = nameOfDevice(first.source.device)
  return [
    say('scan.repeat.when', { time, place: nameOfPost(first.post) }),
    phone === undefined ? say('scan.repeat.here') : say('scan.repeat.there', { phone }),
  ]
}

/** `本机 09:12 的名单上没有`: what is not known is not called invalid. */
function rosterLine({ say, knownUntil, now, timeZone }: Scene): string {
  return knownUntil === undefined
    ? say('scan.unverified.noRoster')
    : say('scan.unverified.notOnRoster', { time: momentOf(knownUntil, now, timeZone) })
}

function adviceOn(refused: Extract<Verdict, { kind: 'refused' }>, scene: Scene): string[] {
  const { say, firstDay } = scene
  const advice = say(`scan.refused.${refused.reason satisfies RefusalReason}.advice`)
  const code = refused.ticket ? [showTicketId(refused.ticket)] : []
  const { validDays: days, room } = refused
  if (room) return [...code, say('scan.refused.ofAll', { capacity: room.capacity, admitted: room.admitted }), advice]
  if (!days) return [...code, advice]
  const dayOf = (day: number) => addDays(firstDay, day).slice(5).replace('-', '/')
  const [from, until] = [dayOf(days.from), dayOf(days.until)]
  const valid = from === until ? say('scan.refused.validOn', { from }) : say('scan.refused.validFrom', { from, until })
  return [...code, valid, advice]
}
