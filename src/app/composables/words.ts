import { useI18n } from '../messages'
import type { Words } from '../../domain/entities'
import { addDays, localClock } from '../../domain/localTime'
import type { Entry } from '../../domain/schedule'
import { useProgramme } from '../stores/programme'
import { useFestivalTime } from './festivalTime'

const minute = 60_000
const formats = new Map<string, Intl.DateTimeFormat>()

/** Making a format is slow, and a list asks for the same few over and over. */
function formatOf(locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${locale} ${JSON.stringify(options)}`
  const format = formats.get(key) ?? new Intl.DateTimeFormat(locale, { timeZone: 'UTC', ...options })
  formats.set(key, format)
  return format
}

/** Names, days and times as a person says them, in the language of the screen and the hours of the festival. */
export function useWords() {
  const { t, locale } = useI18n()
  const programme = useProgramme()
  const { today } = useFestivalTime()

  /** What the organiser wrote: Chinese, unless English is asked for and there. */
  const say = (words: Words | null | undefined): string =>
    (locale.value === 'en' ? words?.en : undefined) ?? words?.zh ?? ''

  /** `5月20日` */
  const dateOf = (day: string): string => formatOf(locale.value, { month: 'short', day: 'numeric' }).format(Date.parse(day))
  /** `周六` */
  const weekdayOf = (day: string): string => formatOf(locale.value, { weekday: 'short' }).format(Date.parse(day))
  /** `5月20日 周六` */
  const dayOf = (day: string): string => t('programme.day.named', { day: dateOf(day), weekday: weekdayOf(day) })
  /** `今天`, `明天`, else the day by name. */
  function nearDay(day: string): string {
    if (day === today.value) return t('programme.day.today')
    return day === addDays(today.value, 1) ? t('programme.day.tomorrow') : dayOf(day)
  }

  /** `09:12` */
  const clockOf = (milliseconds: number): string => localClock(milliseconds, programme.timeZone)
  /** `10:30 – 11:30`; the days are named when there are two. */
  function spanOf({ start, end, firstDay, lastDay }: Entry): string {
    const from = clockOf(start)
    const until = clockOf(end)
    if (firstDay === lastDay) return t('programme.time.span', { start: from, end: until })
    return t('programme.time.span', { start: `${dateOf(firstDay)} ${from}`, end: `${dateOf(lastDay)} ${until}` })
  }
  /** `1 小时 5 分钟`, from milliseconds; a begun minute counts as one. */
  function lengthOf(milliseconds: number): string {
    const all = Math.ceil(milliseconds / minute)
    const h = Math.floor(all / 60)
    const m = all % 60
    if (h === 0) return t('programme.time.minutes', { n: m })
    return m === 0 ? t('programme.time.hours', { h }) : t('programme.time.hoursMinutes', { h, m })
  }

  return { say, dateOf, weekdayOf, dayOf, nearDay, clockOf, spanOf, lengthOf }
}
