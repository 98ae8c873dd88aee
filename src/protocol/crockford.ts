/**
 * Crockford's base32: https://www.crockford.com/base32.html. Upper case here; a device id is written in lower case.
 */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** Encodes bytes, most significant bit first; a number of bytes divisible by five needs no padding and gets none. */
export function encodeCrockford(bytes: Uint8Array): string {
  let text = ''
  let bits = 0
  let held = 0
  for (const byte of bytes) {
    held = (held << 8) | byte
    bits += 8
    while (bits >= 5) {
      bits -= 5
      text += alphabet[(held >> bits) & 31]
    }
    held &= (1 << bits) - 1
  }
  return bits > 0 ? text + alphabet[(held << (5 - bits)) & 31] : text
}

/** Decodes canonical text (see `readCrockford`); bits that don't fill a byte are dropped. */
export function decodeCrockford(text: string): Uint8Array {
  const bytes: number[] = []
  let bits = 0
  let held = 0
  for (const character of text) {
    held = (held << 5) | alphabet.indexOf(character)
    bits += 5
    if (bits >= 8) {
      bits -= 8
      bytes.push((held >> bits) & 255)
      held &= (1 << bits) - 1
    }
  }
  return Uint8Array.from(bytes)
}

/**
 * Reads what a person typed: lower case, `O` as 0, `I` and `L` as 1, spaces and hyphens skipped; full-width too, as a
 * Chinese keyboard writes them.
 * @returns canonical upper case, or undefined when a character is none of Crockford's
 */
export function readCrockford(typed: string): string | undefined {
  const text = typed.normalize('NFKC').replace(/[\s\-‐-―−_]/g, '').toUpperCase().replace(/O/g, '0').replace(/[IL]/g, '1')
  return [...text].every((character) => alphabet.includes(character)) ? text : undefined
}

/** A ticket id as typed; undefined when it is not 8 characters of Crockford's. */
export function readTicketId(typed: string): string | undefined {
  const text = readCrockford(typed)
  return text?.length === 8 ? text : undefined
}

/** `K7M29QX4` as people see it: `K7M2-9QX4`. */
export function showTicketId(id: string): string {
  return id.length === 8 ? `${id.slice(0, 4)}-${id.slice(4)}` : id
}
