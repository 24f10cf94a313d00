/** Ends a test run with the one line that CI reads: `N passed, N failed, N skipped`; with $SUMMARY_FILE, it stands there as well. */
import { writeFileSync } from 'node:fs';
import type { Reporter, TestModule } from 'vitest/node';

export default class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly unknown[]): void {
    let passed = 0;
    let skipped = 0;
    // A file that cannot even be collected has no tests to count, yet it has failed.
    let failed = unhandled.length;
    for (const module of modules) {
      const before = failed;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state === 'passed') passed++;
        else if (state === 'failed') failed++;
        else if (state === 'skipped') skipped++;
      }
      if (module.state() === 'failed' && failed === before) failed++;
    }
    // The default reporter prints its own summary in the same event; ours has to be the last line.
    process.once('exit', () => {
      const line = `${passed} passed, ${failed} failed, ${skipped} skipped\n`;
      process.stdout.write(`\n${line}`);
      if (process.env.SUMMARY_FILE !== undefined) writeFileSync(process.env.SUMMARY_FILE, line);
    });
  }
}
