type Numbers = Uint8Array | Uint16Array | Uint32Array | Float32Array

/** The array itself, or a copy that has room for at least `needed` numbers and for as many again. */
export function withRoom<T extends Numbers>(array: T, needed: number): T {
  if (needed <= array.length) return array
  const larger = new (array.constructor as new (length: number) => T)(Math.max(needed, array.length * 2))
  larger.set(array)
  return larger
}
