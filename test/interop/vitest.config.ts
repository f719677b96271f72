import { defineConfig } from 'vitest/config';

/** The tests with the official clients, which take longer than all others together. */
export default defineConfig({
  test: {
    include: ['test/interop/*.test.ts'],
    globalSetup: ['test/interop/peers.ts', 'test/helpers/temporary-folder.ts'],
    // Terraform rests for 20 s before it asks how an interface endpoint is doing, and a slow machine starts it slowly.
    testTimeout: 600_000,
    hookTimeout: 600_000,
    maxWorkers: '100%',
  },
});
