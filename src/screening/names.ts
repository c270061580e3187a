/** Names that are looked for among the listed ones. */
export interface FoundName {
  key: string
  score: number
  /** Which of the key's names it is: 0 for the first, the present one. */
  place: number
}

/** The form in which names are compared. */
export function nameForm(name: string): string {
  return name
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '')
}

/** The distinct pairs of neighbouring characters of a form. */
export function pairsOf(form: string): string[] {
  const pairs = new Set<string>()
  for (let i = 0; i + 1 < form.length; i += 1) pairs.add(form.slice(i, i + 2))
  return [...pairs]
}

/** Words of many names: who shares nothing but them with a name is not like it. */
const commonWords = [
  '股份有限责任公司',
  '有限公司',
  '分公司',
  '中国',
  '农民专业合作社',
  '个体工商户',
  '电子商务',
  '网络科技',
  '信息技术',
  '商贸有限',
  '贸易有限',
  '科技有限',
  '贸易商行',
  '经营部',
  '店铺',
  '旗舰店',
  '专营店',
]
const commonPairs = new Set(commonWords.flatMap(pairsOf))

/** The pairs of a name that few names have: one of them at least is shared by any two names that are alike. */
export function tellingPairs(name: string): string[] {
  const pairs = pairsOf(nameForm(name))
  const telling = pairs.filter((pair) => !commonPairs.has(pair))
  return telling.length > 0 ? telling : pairs
}

/** How alike two names are: Dice over their pairs. */
export function scoreNames(a: string, b: string): number {
  const [x, y] = [nameForm(a), nameForm(b)]
  if (x === y) return 1
  const [p, q] = [pairsOf(x), new Set(pairsOf(y))]
  const shared = p.filter((pair) => q.has(pair)).length
  return p.length + q.size === 0 ? 0 : (2 * shared) / (p.length + q.size)
}

/** How many postings of a query's rarest pairs are counted, and how many of the best names are then compared in full. */
const maxPostings = 20_000
const maxCompared = 40

/**
 * Names by key, found by a changed form of them: the rarest pairs of a query tell which names to compare, the score says
 * which of those are alike. Some tens of thousands of names; a lookup takes a fraction of a millisecond.
 */
export class NameIndex {
  readonly #names: { key: string; name: string; place: number }[] = []
  readonly #free: number[] = []
  readonly #slots = new Map<string, number[]>()
  readonly #postings = new Map<string, Set<number>>()
  #shared = new Uint16Array(1024)

  /** Puts the names of a key, the present one first, in the place of those it had. */
  set(key: string, names: readonly string[]): void {
    this.delete(key)
    const slots = names.map((name, place) => {
      const slot = this.#free.pop() ?? this.#names.length
      this.#names[slot] = { key, name, place }
      for (const pair of pairsOf(nameForm(name))) {
        const posting = this.#postings.get(pair)
        if (posting === undefined) this.#postings.set(pair, new Set([slot]))
        else posting.add(slot)
      }
      return slot
    })
    this.#slots.set(key, slots)
    if (this.#shared.length < this.#names.length) this.#shared = new Uint16Array(this.#names.length * 2)
  }

  delete(key: string): void {
    for (const slot of this.#slots.get(key) ?? []) {
      for (const pair of pairsOf(nameForm(this.#names[slot]?.name ?? ''))) this.#postings.get(pair)?.delete(slot)
      this.#free.push(slot)
    }
    this.#slots.delete(key)
  }

  /** Keys with a name whose score against `name` is at least `threshold`, each once by its best name, best first. */
  find(name: string, threshold: number): FoundName[] {
    const postings = pairsOf(nameForm(name)).flatMap((pair) => this.#postings.get(pair) ?? [])
    postings.sort((a, b) => a.size - b.size)
    const touched: number[] = []
    let counted = 0
    for (const posting of postings) {
      counted += posting.size
      if (counted > maxPostings && touched.length > 0) break
      for (const slot of posting) {
        const before = this.#shared[slot] ?? 0
        if (before === 0) touched.push(slot)
        this.#shared[slot] = before + 1
      }
    }
    const likeliest = touched
      .sort((a, b) => (this.#shared[b] ?? 0) - (this.#shared[a] ?? 0) || a - b)
      .slice(0, maxCompared)
    for (const slot of touched) this.#shared[slot] = 0
    return this.#best(likeliest, name, threshold)
  }

  #best(slots: readonly number[], name: string, threshold: number): FoundName[] {
    const best = new Map<string, FoundName>()
    for (const slot of slots) {
      const known = this.#names[slot]
      if (known === undefined) continue
      const score = scoreNames(name, known.name)
      if (score >= threshold && score > (best.get(known.key)?.score ?? 0)) {
        best.set(known.key, { key: known.key, score, place: known.place })
      }
    }
    return [...best.values()].sort((a, b) => b.score - a.score || (a.key < b.key ? -1 : 1))
  }
}
