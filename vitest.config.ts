import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    globalSetup: './test/support/global-setup.ts',
    reporters: ['default', './test/summary-reporter.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    pool: 'forks',
    // Half of the tests wait for other processes: two at a time also where there are two cores.
    maxWorkers: 2,
    projects: [
      {
        extends: true,
        test: {
          name: 'suite',
          include: ['src/**/*.test.ts', 'test/**/*.test.ts', 'web/src/**/*.test.ts'],
          exclude: ['test/aftermath/**', 'test/browser/**'],
        },
      },
      // A browser wants the machine for itself, and its files share the server's modules, which take seconds to load.
      {
        extends: true,
        test: { name: 'browser', include: ['test/browser/**/*.test.ts'], maxWorkers: 1, isolate: false, sequence: { groupOrder: 1 } },
      },
      // What all the others left behind is looked at when they are done.
      { extends: true, test: { name: 'aftermath', include: ['test/aftermath/**/*.test.ts'], sequence: { groupOrder: 2 } } },
    ],
  },
});
