/** @file Prints `N passed, N failed, N skipped` as the last line of a run, for machines that read only that. */
import type { Reporter, TestModule } from 'vitest/node';

export default class ClosingLineReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const counts = { passed: 0, failed: 0, skipped: 0, pending: 0 };
    let brokenModules = 0;
    for (const module of modules) {
      const tests = [...module.children.allTests()];
      for (const test of tests) counts[test.result().state] += 1;
      // A file that fails to load has no tests; it must not vanish from the count.
      if (module.state() === 'failed' && tests.every((test) => test.result().state !== 'failed')) brokenModules += 1;
    }
    const failed = counts.failed + brokenModules + unhandledErrors.length;
    process.stdout.write(`\n${counts.passed} passed, ${failed} failed, ${counts.skipped + counts.pending} skipped\n`);
  }
}
