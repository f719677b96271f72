import { defineConfig } from 'vitest/config';

/** The tests with the official clients, which take longer than all others together. */
export default defineConfig({
  test: {
    include: ['test/interop/*.test.ts'],
    globalSetup: ['test/interop/peers.ts', 'test/helpers/temporary-folder.ts'],
    // Terraform rests for 20 s before it asks how an interface endpoint is doing.
    testTimeout: 150_000,
    maxWorkers: '100%',
  },
});
