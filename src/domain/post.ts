import type { Activity, Booth, PostRule } from './entities'
import type { Programme } from './programme'

/** Where a phone is scanning: an activity or a booth, with what the verdict needs to know of it. */
export interface Post {
  id: string
  venue: string
  zone?: string | null
  booth?: string | null
  rule: PostRule
  /** Only tickets on the list are let in. */
  inviteOnly: boolean
  groups: string[]
  /** Places in all; where there is none, as many come in as come. */
  capacity?: number
  activity?: Activity
}

/** An activity is come to once; a booth may be visited again. Either can say otherwise. */
export function postOfActivity(activity: Activity): Post {
  const { id, venue, zone, booth, rule, signup, groups, capacity } = activity
  return {
    id, venue, zone, booth, rule: rule ?? 'once', inviteOnly: signup === 'invite', groups, activity,
    // Half a place is none, and less than none is none.
    ...(typeof capacity === 'number' && { capacity: Math.max(0, Math.floor(capacity)) }),
  }
}

export function postOfBooth(booth: Booth): Post {
  const { id, venue, zone, rule } = booth
  return { id, venue, zone, booth: id, rule: rule ?? 'visit', inviteOnly: false, groups: [] }
}

/** The post of this id in the programme; undefined when the programme doesn't have it (any more). */
export function postOf(programme: Programme, id: string): Post | undefined {
  const booth = programme.booths.find((entry) => entry.id === id)
  if (booth) return postOfBooth(booth)
  const activity = programme.activities.find((entry) => entry.id === id)
  return activity && postOfActivity(activity)
}
