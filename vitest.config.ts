import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    globalSetup: './test/support/global-setup.ts',
    reporters: ['default', './test/summary-reporter.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    pool: 'forks',
    projects: [
      { extends: true, test: { name: 'suite', include: ['src/**/*.test.ts', 'test/**/*.test.ts'], exclude: ['test/aftermath/**'] } },
      // What all the others left behind is looked at when they are done.
      { extends: true, test: { name: 'aftermath', include: ['test/aftermath/**/*.test.ts'], sequence: { groupOrder: 1 } } },
    ],
  },
});
