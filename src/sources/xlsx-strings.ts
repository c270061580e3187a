import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A block is closed when it holds so much; blocks lie in memory or in the file as a whole. */
const blockStrings = 2048
const blockCharacters = 256 * 1024
/** So many blocks are held: about 32 MiB at most. The others are read again from the file. */
const blocksInMemory = 64

interface Block {
  first: number
  offset: number
  bytes: number
}

/**
 * The strings that the cells of a workbook share, of any number in bounded memory: blocks of them in a temporary file, of
 * which the last used are held. Excel numbers strings by their first use, so a walk over the rows walks over the blocks.
 */
export class StringStore {
  #blocks: Block[] = []
  #held = new Map<number, readonly string[]>()
  #open: string[] = []
  #openCharacters = 0
  #count = 0
  #end = 0
  #folder: string | null = null
  #file: number | null = null

  add(text: string): void {
    this.#open.push(text)
    this.#openCharacters += text.length
    this.#count += 1
    if (this.#open.length >= blockStrings || this.#openCharacters >= blockCharacters) this.#closeBlock()
  }

  /** The string with this number, or null when there is none. */
  get(index: number): string | null {
    if (!Number.isInteger(index) || index < 0 || index >= this.#count) return null
    const openFrom = this.#count - this.#open.length
    if (index >= openFrom) return this.#open[index - openFrom] ?? null
    const number = this.#blockOf(index)
    const block = this.#blocks[number]
    return block === undefined ? null : (this.#read(number, block)[index - block.first] ?? null)
  }

  /** Removes the file. */
  close(): void {
    if (this.#file !== null) closeSync(this.#file)
    if (this.#folder !== null) rmSync(this.#folder, { recursive: true, force: true })
    this.#file = null
    this.#folder = null
  }

  #closeBlock(): void {
    const bytes = Buffer.from(JSON.stringify(this.#open))
    if (this.#file === null) {
      this.#folder = mkdtempSync(join(tmpdir(), 'xinjian-xlsx-'))
      this.#file = openSync(join(this.#folder, 'strings'), 'wx+', 0o600)
    }
    for (let done = 0; done < bytes.length;) {
      done += writeSync(this.#file, bytes, done, bytes.length - done, this.#end + done)
    }
    this.#hold(this.#blocks.length, this.#open)
    this.#blocks.push({ first: this.#count - this.#open.length, offset: this.#end, bytes: bytes.length })
    this.#end += bytes.length
    this.#open = []
    this.#openCharacters = 0
  }

  #blockOf(index: number): number {
    let low = 0
    let high = this.#blocks.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((this.#blocks[middle]?.first ?? 0) <= index) low = middle
      else high = middle - 1
    }
    return low
  }

  #read(number: number, block: Block): readonly string[] {
    const held = this.#held.get(number)
    if (held !== undefined) {
      if (this.#held.size < blocksInMemory) return held
      // Used again, it is the last to go.
      this.#held.delete(number)
      this.#held.set(number, held)
      return held
    }
    const bytes = Buffer.alloc(block.bytes)
    for (let done = 0; done < bytes.length;) {
      const read = readSync(this.#file ?? -1, bytes, done, bytes.length - done, block.offset + done)
      if (read === 0) throw new Error('the temporary file of shared strings was cut off')
      done += read
    }
    const strings = JSON.parse(bytes.toString()) as string[]
    this.#hold(number, strings)
    return strings
  }

  #hold(number: number, strings: readonly string[]): void {
    this.#held.set(number, strings)
    const [oldest] = this.#held.keys()
    if (this.#held.size > blocksInMemory && oldest !== undefined) this.#held.delete(oldest)
  }
}
