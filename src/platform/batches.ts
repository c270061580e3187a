/** How many callers wait in a batch, and how many batches run at once. */
export interface BatchLimits {
  most: number
  atOnce: number
}

/**
 * Gathers single questions into batches: the first is asked at once, and what comes while `atOnce` batches run waits for
 * the next, so that the busier it is, the more callers share one statement (bench credit-file).
 * @param ask answers many keys; a key that it leaves out has the answer undefined. Its failure is that of all who asked
 */
export function inBatches<Answer>(
  ask: (keys: readonly string[]) => Promise<ReadonlyMap<string, Answer>>,
  limits: BatchLimits,
): (key: string) => Promise<Answer | undefined> {
  interface Asked {
    key: string
    resolve: (answer: Answer | undefined) => void
    reject: (error: unknown) => void
  }
  let waiting: Asked[] = []
  let running = 0

  const start = (): void => {
    while (running < limits.atOnce && waiting.length > 0) {
      const batch = waiting.slice(0, limits.most)
      waiting = waiting.slice(limits.most)
      running += 1
      void run(batch)
    }
  }
  const run = async (batch: readonly Asked[]): Promise<void> => {
    try {
      const answers = await ask([...new Set(batch.map(({ key }) => key))])
      for (const { key, resolve } of batch) resolve(answers.get(key))
    } catch (error) {
      for (const { reject } of batch) reject(error)
    } finally {
      running -= 1
      start()
    }
  }
  return (key) =>
    new Promise((resolve, reject) => {
      waiting.push({ key, resolve, reject })
      // Not before the end of this turn: who asks in the same one shares the statement.
      if (waiting.length === 1) setImmediate(start)
    })
}
