import type { Agency } from './rulebook.ts'

/** How names are compared: case, width and blanks make no difference. */
const plain = (name: string) => name.normalize('NFKC').replace(/\s/g, '').toLowerCase()

/** The agency with this code; one that exists no more is answered too. Null when the rulebook does not know it. */
export function agencyOfCode(agencies: readonly Agency[], code: string): Agency | null {
  return agencies.find((agency) => agency.code === code) ?? null
}

/**
 * The agency that is called so: by its code, its official name, the name it had in 2015 or a short one. A body that exists
 * no more stands for who took over its duties, since orders are addressed there (rulebook section 5). Null for a name
 * that nobody has.
 */
export function findAgency(agencies: readonly Agency[], called: string): Agency | null {
  const wanted = plain(called)
  const named = agencies.find(({ code, name, nameIn2015, shortNames }) =>
    [code, name.zh, name.en, nameIn2015 ?? code, ...shortNames].some((each) => plain(each) === wanted),
  )
  return named === undefined ? null : successorOf(agencies, named)
}

/** Who carries the duties of an agency today: itself, or by way of its successors. */
function successorOf(agencies: readonly Agency[], agency: Agency): Agency {
  const next = agencies.find((other) => other.successorOf.includes(agency.code))
  return next === undefined ? agency : successorOf(agencies, next)
}
