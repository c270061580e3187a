import { withRoom } from './numbers.ts'

/** Codes of businesses by number, in the order in which they came. */
export interface CodeTable {
  /** Takes a code in; its number, and the code's from now on. */
  add(code: string): number
  codeOf(number: number): string
  numberOf(code: string): number | undefined
  /** From now on the code has no number; the number still has its code. */
  forget(code: string): void
  /** Codes that have a number. */
  readonly size: number
}

/** Characters of a unified social credit code (GB 32100-2015), all of them in ASCII. */
const width = 18

/** In a slot: free, or free again but passed on the way to others; else one more than a number. */
const free = 0
const forgotten = 0xffff_ffff

/** FNV-1a, 32 bits. Its low bits depend on the low bits of the characters alone, so higher ones are put upon them. */
const seed = 0x811c9dc5
const prime = 0x01000193
const placeOf = (hash: number) => hash ^ (hash >>> 15)

/**
 * An empty table. A million codes are 18 MB of characters and 8 MB of slots that the collector of garbage never looks
 * through. Open addressing: a code lies in the first free slot from the one that its hash names; half of them stay free.
 */
export function createCodeTable(): CodeTable {
  let bytes = new Uint8Array(1 << 16)
  let slots = new Uint32Array(1 << 12)
  let count = 0
  /** Slots that are not free, those of forgotten codes among them. */
  let taken = 0
  let size = 0

  const isAt = (number: number, code: string): boolean => {
    const from = number * width
    // From the end, where codes differ most.
    for (let at = width - 1; at >= 0; at--) if (bytes[from + at] !== code.charCodeAt(at)) return false
    return true
  }
  const hashOf = (code: string): number => {
    let hash = seed
    for (let at = 0; at < width; at++) hash = Math.imul(hash ^ code.charCodeAt(at), prime)
    return hash
  }
  /** The slot of a code, or the free one at which looking for it ends. */
  const slotOf = (code: string): number => {
    const last = slots.length - 1
    for (let slot = placeOf(hashOf(code)) & last; ; slot = (slot + 1) & last) {
      const held = slots[slot] ?? free
      if (held === free || (held !== forgotten && isAt(held - 1, code))) return slot
    }
  }
  const numberOf = (code: string): number | undefined => {
    if (code.length !== width) return undefined
    const held = slots[slotOf(code)] ?? free
    return held === free ? undefined : held - 1
  }
  /** The slots anew, without those of forgotten codes, and twice as many where they are needed. */
  const makeRoom = (): void => {
    const before = slots
    slots = new Uint32Array(before.length * (size * 4 > before.length ? 2 : 1))
    const last = slots.length - 1
    for (const held of before) {
      if (held === free || held === forgotten) continue
      let hash = seed
      for (let at = (held - 1) * width; at < held * width; at++) hash = Math.imul(hash ^ (bytes[at] ?? 0), prime)
      let slot = placeOf(hash) & last
      while (slots[slot] !== free) slot = (slot + 1) & last
      slots[slot] = held
    }
    taken = size
  }

  return {
    add: (code) => {
      if (code.length !== width) throw new RangeError(`${code} is no code of ${width} characters`)
      const number = count++
      bytes = withRoom(bytes, count * width)
      for (let at = 0; at < width; at++) bytes[number * width + at] = code.charCodeAt(at)
      if (taken * 2 >= slots.length) makeRoom()
      const slot = slotOf(code)
      if (slots[slot] === free) {
        taken++
        size++
      }
      slots[slot] = number + 1
      return number
    },
    codeOf: (number) => String.fromCharCode(...bytes.subarray(number * width, (number + 1) * width)),
    numberOf,
    forget: (code) => {
      if (numberOf(code) === undefined) return
      slots[slotOf(code)] = forgotten
      size--
    },
    get size() {
      return size
    },
  }
}
