import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // The official clients have a run of their own.
    exclude: ['test/interop/**'],
    // The built program in a terminal, several at once on a small machine.
    testTimeout: 30_000,
    // Many tests mostly wait, so a few more than there are cores.
    maxWorkers: '150%',
    // Times of day are those of this zone.
    env: { TZ: 'UTC', AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
    sequence: { shuffle: true },
  },
});
