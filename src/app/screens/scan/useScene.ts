import { useI18n } from '../../messages'
import type { Identity } from '../../../device'
import type { Post } from '../../../domain/post'
import type { Words } from '../../../domain/entities'
import type { Programme } from '../../../domain/programme'
import { useWords } from '../../composables/words'
import { tailOf, useDevice } from '../../stores/device'
import type { Scene } from './sign'

/** The name of a post in the programme: that of its activity or its booth. */
function wordsOfPost(programme: Programme, id: string): Words | undefined {
  return (programme.booths.find((booth) => booth.id === id) ?? programme.activities.find((activity) => activity.id === id))?.name
}

/** The words around a verdict, in the person's language and the festival's hours. */
export function useScene() {
  const { t } = useI18n()
  const { say } = useWords()
  const staff = useDevice()

  const nameOfPost = (id: string): string => (staff.programme && say(wordsOfPost(staff.programme, id))) || id
  const colourOf = (post: Post) => staff.programme?.zones.find((zone) => zone.id === post.zone)?.colour ?? undefined

  /** Other phones are known by their id alone; this one and its former selves are not told apart. */
  function nameOfDevice(device: string): string | undefined {
    const own: Identity | undefined = staff.identity
    return device === own?.device ? undefined : t('staff.otherPhone', { tail: tailOf(device) })
  }

  function placeOf(post: Post): string {
    const colour = colourOf(post)
    return [colour && t(`shell.zone.${colour}`), nameOfPost(post.id)].filter(Boolean).join(' · ')
  }

  /** @param at the moment it is spoken of, corrected, in milliseconds */
  function sceneOf(post: Post, at: number): Scene {
    return {
      say: t, now: at, timeZone: staff.timeZone, firstDay: staff.festival?.firstDay ?? '',
      place: placeOf(post), nameOfPost, nameOfDevice,
    }
  }

  return { sceneOf, nameOfPost, colourOf }
}
