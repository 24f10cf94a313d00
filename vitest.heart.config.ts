/** The tests of the heart alone, for mutation testing: each run must take seconds. */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    globalSetup: './test/support/global-setup.ts',
    include: ['src/auth/**/*.test.ts', 'src/domain/permission.test.ts', 'src/store/**/*.test.ts'],
    testTimeout: 30_000,
    pool: 'forks',
    maxWorkers: 1,
  },
});
