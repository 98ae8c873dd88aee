/** How gzip begins, RFC 1952: nothing that is JSON does. */
const magic = [0x1f, 0x8b]

/** Whether this browser can undo what others pack. */
export const canUnpack = typeof DecompressionStream !== 'undefined'

/** A text as bytes, gzipped where the browser can (Safari from 16.4, Firefox from 113; Chrome has always been able since 80). */
export async function pack(text: string): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new TextEncoder().encode(text)
  if (typeof CompressionStream === 'undefined') return bytes
  const packed = new Blob([bytes]).stream().pipeThrough(new CompressionStream('gzip'))
  return new Uint8Array(await new Response(packed).arrayBuffer())
}

/**
 * The text again.
 * @param most bytes that it may have: a few of gzip's can stand for a thousand times as many
 * @returns undefined for what is broken, larger, or gzipped where the browser can't undo it
 */
export async function unpack(bytes: Uint8Array<ArrayBuffer>, most: number): Promise<string | undefined> {
  if (magic.some((byte, index) => bytes[index] !== byte)) return new TextDecoder().decode(bytes)
  if (!canUnpack) return undefined
  const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip')).getReader()
  const decoder = new TextDecoder()
  let text = ''
  let size = 0
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return text + decoder.decode()
      size += value.length
      if (size > most) return undefined
      text += decoder.decode(value, { stream: true })
    }
  } catch {
    return undefined
  } finally {
    void reader.cancel().catch(() => {})
  }
}
