import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // The built program in a terminal, several at once on a small machine.
    testTimeout: 30_000,
    sequence: { shuffle: true },
  },
});
