import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts', 'test/**/*.test.tsx'],
    globalSetup: './test/support/global-setup.ts',
    // A shared, noisy machine: a limit only ends what hangs.
    testTimeout: 900_000,
    hookTimeout: 900_000,
    expect: { poll: { timeout: 120_000 } },
    maxWorkers: 2,
    // Files of one worker share what they import: loading the service anew for each took three quarters of the time. Each file
    // has its own database and servers, and puts back what it sets of the process.
    isolate: false,
  },
})
