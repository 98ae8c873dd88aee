import type { Identity } from '../../../device'
import { localClock, localDay } from '../../../domain/localTime'

/** A hand-over as a file, named so that people find it again: `linli-{festival}-{phone}-{2023-05-20}-{1015}.linli.json`. */
export function fileOf(text: string, { festival, name }: Identity, now: number): File {
  const moment = `${localDay(now, festival.timeZone)}-${localClock(now, festival.timeZone).replace(':', '')}`
  const parts = ['linli', festival.id, name, moment].map((part) => part.replace(/[\s/\\:*?"<>|.]+/g, '-'))
  return new File([text], `${parts.join('-')}.linli.json`, { type: 'application/json' })
}

export function save(file: File): void {
  const address = URL.createObjectURL(file)
  const link = document.createElement('a')
  link.href = address
  link.download = file.name
  link.click()
  // The browser has begun to read it by then.
  setTimeout(() => { URL.revokeObjectURL(address) }, 60_000)
}

/** Whether this browser has a share sheet for files: from there it goes by Bluetooth, nearby share or a message. */
export function canShare(): boolean {
  return navigator.canShare?.({ files: [new File([''], 'a.json', { type: 'application/json' })] }) ?? false
}

/** Opens the share sheet; that somebody closed it is no error. */
export async function share(file: File): Promise<void> {
  await navigator.share({ files: [file], title: file.name }).catch(() => {})
}
