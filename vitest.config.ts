import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // What commands print is compared without colours, which CI would switch on.
    env: { NO_COLOR: '1' },
    include: ['src/**/*.test.ts', 'tests/**/*.test.ts'],
    reporters: ['default', './tests/closing-line-reporter.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Two cores, and ONNX Runtime uses both.
    maxWorkers: 2,
  },
});
