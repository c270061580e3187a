export interface BatchLimits {
  /** Callers in a batch. */
  most: number
  /** Batches that run at the same time. */
  atOnce: number
  /** So long those who are not enough for a batch wait for the one that runs, before they are asked about beside it. */
  patienceMs: number
}

/**
 * Gathers single questions into batches: the first is asked at once, and what comes meanwhile waits for the next, so that
 * the busier it is, the more callers share one statement (bench credit-file).
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
  let patience: NodeJS.Timeout | null = null

  const start = (isLate = false): void => {
    if (patience !== null) clearTimeout(patience)
    patience = null
    while (waiting.length > 0 && running < limits.atOnce) {
      if (running > 0 && waiting.length < limits.most && !isLate) {
        patience = setTimeout(start, limits.patienceMs, true)
        return
      }
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
      if (waiting.length === 1 || waiting.length === limits.most) setImmediate(start)
    })
}
