import { parseSync } from 'libpg-query'

/**
 * How a statement would be routed were the tables spread over machines: `uscc` reaches the shards of the businesses it
 * names, `position` the ranges of the log it names, `whole` touches only tables that are not spread,
 * `fan-out` must ask all shards.
 */
export type Route = 'uscc' | 'position' | 'whole' | 'fan-out'

export interface Routed {
  route: Route
  /** The tables that it reads or writes on all shards. */
  fansOutOver: string[]
  /** All tables that it reads or writes. */
  tables: string[]
}

type Node = Record<string, unknown>

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null

/** A table as one level of a statement names it. */
interface Named {
  table: string
  alias: string
  /** Whether another table could own a column without a name before it. */
  alone: boolean
  names: boolean
}

/**
 * Routes a statement by its syntax: each spread table must be held, at the level that names it or in a condition that
 * correlates it, by its key. `keys` gives the key column of each spread table.
 */
export function routeOf(statement: string, keys: ReadonlyMap<string, string>): Routed {
  const { stmts } = parseSync(statement) as { stmts: { stmt: Node }[] }
  const found: Named[] = []
  for (const { stmt } of stmts) walk(stmt, new Set(), keys, found)
  const spread = found.filter(({ table }) => keys.has(table))
  const fansOutOver = [...new Set(spread.filter(({ names }) => !names).map(({ table }) => table))].sort()
  const tables = [...new Set(found.map(({ table }) => table))].filter((table) => table !== '').sort()
  const routed = (route: Route): Routed => ({ route, fansOutOver, tables })
  if (fansOutOver.length > 0) return routed('fan-out')
  if (spread.some(({ table }) => keys.get(table) === 'uscc')) return routed('uscc')
  return routed(spread.length > 0 ? 'position' : 'whole')
}

/** Looks at each level of a statement: the tables that it names itself, and the conditions of it and of the levels inside. */
function walk(node: unknown, ctes: ReadonlySet<string>, keys: ReadonlyMap<string, string>, found: Named[]): void {
  if (Array.isArray(node)) {
    for (const one of node) walk(one, ctes, keys, found)
    return
  }
  if (!isNode(node)) return
  for (const [kind, body] of Object.entries(node)) {
    if (['SelectStmt', 'InsertStmt', 'UpdateStmt', 'DeleteStmt'].includes(kind) && isNode(body)) {
      walkLevel(kind, body, ctes, keys, found)
    } else walk(body, ctes, keys, found)
  }
}

function walkLevel(
  kind: string,
  body: Node,
  outer: ReadonlySet<string>,
  keys: ReadonlyMap<string, string>,
  found: Named[],
): void {
  const ctes = new Set([...outer, ...cteNames(body)])
  // The two sides of a UNION are levels of their own, without their kind around them.
  for (const side of ['larg', 'rarg']) if (isNode(body[side])) walkLevel('SelectStmt', body[side], ctes, keys, found)
  const tables: Named[] = []
  const from = [body['fromClause'], body['usingClause'], kind === 'InsertStmt' ? null : body['relation']]
  collectTables(from, ctes, tables)
  for (const one of tables) one.alone = tables.length === 1
  const conditions = [body['whereClause'], joinConditions(body['fromClause']), body['havingClause']]
  const spread = tables.filter(({ table }) => keys.has(table))
  const links: Link[] = []
  for (const one of spread) {
    const key = keys.get(one.table)!
    const others = spread.filter((other) => other !== one && keys.get(other.table) === key)
    one.names = namesKey(conditions, one, { key, others, links }) || (key === 'position' && asksForTheHead(body, one))
  }
  // What is joined by its key to what is named is named too.
  for (let more = true; more;) {
    const reached = links.filter(([one, other]) => other.names && !one.names)
    for (const [one] of reached) one.names = true
    more = reached.length > 0
  }
  found.push(...tables)
  if (kind === 'InsertStmt') {
    const table = (body['relation'] as { relname: string }).relname
    const columns = (body['cols'] as { ResTarget: { name: string } }[] | undefined) ?? []
    found.push({
      ...{ table, alias: table, alone: true },
      names: columns.some(({ ResTarget }) => ResTarget.name === keys.get(table)),
    })
  }
  for (const [name, part] of Object.entries(body)) {
    if (name !== 'relation' && name !== 'larg' && name !== 'rarg') walk(part, ctes, keys, found)
  }
}

function cteNames(body: Node): string[] {
  const { ctes = [] } = (body['withClause'] as { ctes?: { CommonTableExpr: { ctename: string } }[] } | undefined) ?? {}
  return ctes.map(({ CommonTableExpr }) => CommonTableExpr.ctename)
}

/** The tables that FROM names at this level, not those of subqueries in it. */
function collectTables(node: unknown, ctes: ReadonlySet<string>, into: Named[]): void {
  if (Array.isArray(node)) for (const one of node) collectTables(one, ctes, into)
  if (!isNode(node) || Array.isArray(node)) return
  const range = (node['RangeVar'] ?? (typeof node['relname'] === 'string' ? node : undefined)) as
    { relname: string; alias?: { aliasname: string } } | undefined
  if (range !== undefined) {
    // A CTE counts as what it is made of, which is looked at where it is made.
    const table = ctes.has(range.relname) ? '' : range.relname
    into.push({ table, alias: range.alias?.aliasname ?? range.relname, alone: false, names: false })
    return
  }
  if (isNode(node['JoinExpr'])) collectTables([node['JoinExpr']['larg'], node['JoinExpr']['rarg']], ctes, into)
}

function joinConditions(node: unknown): unknown[] {
  if (Array.isArray(node)) return node.flatMap(joinConditions)
  if (!isNode(node) || !isNode(node['JoinExpr'])) return []
  const { larg, rarg, quals, usingClause } = node['JoinExpr']
  return [quals, { using: usingClause }, ...joinConditions(larg), ...joinConditions(rarg)]
}

const holding = new Set(['=', '<', '<=', '>', '>='])

/** A table whose key equals that of another at the same level. */
type Link = [Named, Named]

interface Search {
  key: string
  /** Tables of the same level that are spread by the same key: equal to one of them is as good as that one is named. */
  others: readonly Named[]
  links: Link[]
}

/** Whether a condition that must be true holds the key of the table: `and` is looked through, `or` and `not` are not. */
function namesKey(node: unknown, table: Named, search: Search): boolean {
  const { key, others, links } = search
  // All are looked at: each may link.
  if (Array.isArray(node)) return node.map((one) => namesKey(one, table, search)).includes(true)
  if (!isNode(node)) return false
  if (Array.isArray(node['using'])) {
    if (!(node['using'] as { String: { sval: string } }[]).some(({ String }) => String.sval === key)) return false
    for (const other of others) links.push([table, other])
    return others.length === 0
  }
  if (isNode(node['BoolExpr'])) {
    const { boolop, args } = node['BoolExpr'] as { boolop: string; args: unknown[] }
    if (boolop === 'AND_EXPR') return namesKey(args, table, search)
    return boolop === 'OR_EXPR' && args.every((one) => namesKey(one, table, { ...search, links: [] }))
  }
  if (isNode(node['A_Expr'])) {
    const { kind, name, lexpr, rexpr } = node['A_Expr'] as Record<string, unknown>
    const operator = (name as { String: { sval: string } }[])[0]?.String.sval ?? ''
    if (kind === 'AEXPR_IN' || kind === 'AEXPR_OP_ANY') return operator === '=' && isKey(lexpr, table, key)
    if (kind !== 'AEXPR_OP' || !holds(operator, key)) return false
    const against = isKey(lexpr, table, key) ? rexpr : isKey(rexpr, table, key) ? lexpr : undefined
    const other = others.find((one) => isKey(against, one, key))
    if (other !== undefined) links.push([table, other])
    return against !== undefined && other === undefined
  }
  if (isNode(node['SubLink'])) {
    const { subLinkType, testexpr } = node['SubLink']
    // `in (select …)`, of one column or of a row that has it.
    const { args = [testexpr] } = (isNode(testexpr) ? (testexpr['RowExpr'] ?? {}) : {}) as { args?: unknown[] }
    return subLinkType === 'ANY_SUBLINK' && args.some((one) => isKey(one, table, key))
  }
  return false
}

/** A business is named by its code itself; the log is cut into ranges, so that a bound is enough. */
const holds = (operator: string, key: string) => (key === 'position' ? holding.has(operator) : operator === '=')

function isKey(node: unknown, { alias, alone }: Named, key: string): boolean {
  if (!isNode(node)) return false
  if (isNode(node['TypeCast'])) return isKey(node['TypeCast']['arg'], { table: '', alias, alone, names: false }, key)
  // The first of a row: `(uscc, position) > (…)` is no equality, and is refused by its operator.
  if (!isNode(node['ColumnRef'])) return false
  const names = (node['ColumnRef']['fields'] as { String?: { sval: string } }[]).map(({ String }) => String?.sval)
  return names.length === 1 ? alone && names[0] === key : names[0] === alias && names[1] === key
}

/** `max(position)`, or the first by position from the end: the newest range alone. */
function asksForTheHead(body: Node, table: Named): boolean {
  const text = JSON.stringify(body['targetList'] ?? [])
  const isMaximum = text.includes('"FuncCall":{"funcname":[{"String":{"sval":"max"}}]') && text.includes('"position"')
  const sort = (body['sortClause'] as { SortBy: { node: unknown } }[] | undefined)?.[0]?.SortBy.node
  return isMaximum || (body['limitCount'] !== undefined && isKey(sort, table, 'position'))
}
