/** Base45, RFC 9285: two bytes become three characters of QR's alphanumeric mode, a last single byte two. */
const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:'

export function encodeBase45(bytes: Uint8Array): string {
  let text = ''
  const write = (value: number, characters: number) => {
    for (let i = 0; i < characters; i++) {
      text += alphabet[value % 45]
      value = Math.floor(value / 45)
    }
  }
  for (let i = 0; i + 1 < bytes.length; i += 2) write((bytes[i] ?? 0) * 256 + (bytes[i + 1] ?? 0), 3)
  if (bytes.length % 2 === 1) write(bytes.at(-1) ?? 0, 2)
  return text
}

/** @returns undefined for a character outside the alphabet, a length of 1 modulo 3, or a group over its bytes' range */
export function decodeBase45(text: string): Uint8Array | undefined {
  if (text.length % 3 === 1) return undefined
  const bytes: number[] = []
  for (let i = 0; i < text.length; i += 3) {
    const group = text.slice(i, i + 3)
    let value = 0
    for (const character of [...group].reverse()) {
      const digit = alphabet.indexOf(character)
      if (digit < 0) return undefined
      value = value * 45 + digit
    }
    if (value > (group.length === 3 ? 0xffff : 0xff)) return undefined
    if (group.length === 3) bytes.push(value >> 8)
    bytes.push(value & 255)
  }
  return Uint8Array.from(bytes)
}
