import type postgres from 'postgres'
import type { Db } from '../../src/platform/db.ts'

type Unsafe = (statement: string, parameters?: unknown[], options?: object) => unknown
interface Client {
  unsafe: Unsafe
  begin?: (...given: unknown[]) => Promise<unknown>
  savepoint?: (...given: unknown[]) => Promise<unknown>
}

/**
 * Tells every statement that is asked through a pool, those inside transactions too.
 * @returns how to stop being told
 */
export function captureStatements(db: Db, tell: (statement: string, parameters: unknown[]) => void): () => void {
  let telling = true
  const capture = (client: Client): void => {
    const unsafe = client.unsafe.bind(client)
    client.unsafe = (statement, ...rest) => {
      if (telling) tell(statement, rest[0] ?? [])
      return unsafe(statement, ...rest)
    }
    for (const name of ['begin', 'savepoint'] as const) {
      // A scope inside has a client of its own.
      const open = client[name]?.bind(client)
      if (open === undefined) continue
      client[name] = (...given) =>
        open(
          ...given.map((one) =>
            typeof one === 'function'
              ? (scope: Client) => {
                  capture(scope)
                  return (one as (scope: Client) => unknown)(scope)
                }
              : one,
          ),
        )
    }
  }
  capture((db as Db & { $client: postgres.Sql }).$client as unknown as Client)
  return () => void (telling = false)
}
