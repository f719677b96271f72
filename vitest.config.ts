import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // The official clients have a run of their own.
    exclude: ['test/interop/**'],
    globalSetup: 'test/helpers/temporary-folder.ts',
    // The built program in a terminal, several at once on a small and busy machine.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 60_000 } },
    // Many tests mostly wait, so there are more workers than cores.
    maxWorkers: 2 * availableParallelism(),
    // Files of a worker share its modules, which have no state. This saves a quarter of the time.
    isolate: false,
    // What a test sets in the environment ends with it.
    unstubEnvs: true,
    // Times of day are those of this zone.
    env: { TZ: 'UTC', AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
    // Vitest starts the longest files first; within a file the order is random.
    sequence: { shuffle: { files: false, tests: true } },
  },
});
