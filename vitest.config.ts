import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/** What Windows lacks: shells for Unix, signals, process groups, named pipes, owners and modes of files. No test has run there yet. */
const notOnWindows = [
  'test/base/{foreground,output-of,shell}.test.ts',
  'test/clouds/aws/command-lines.test.ts',
  'test/commands/hinted-scripts.test.ts',
  'test/config/compile-cache.test.ts',
  'test/e2e/!(package).test.ts',
];

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // The official clients have a run of their own.
    exclude: ['test/interop/**', ...(process.platform === 'win32' ? notOnWindows : [])],
    globalSetup: 'test/helpers/temporary-folder.ts',
    // The built program in a terminal, several at once on a small and busy machine.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 60_000 } },
    // Many tests mostly wait, so there are more workers than cores.
    maxWorkers: 2 * availableParallelism(),
    // Files of a worker share its modules, which have no state. This saves a quarter of the time.
    isolate: false,
    // Garbage is collected without more threads, which would compete with other workers, and less often. This saves some 15 %
    // of the CPU time.
    execArgv: ['--single-threaded-gc', '--max-semi-space-size=64', '--min-semi-space-size=32'],
    // What a test sets in the environment ends with it.
    unstubEnvs: true,
    // Times of day are those of this zone.
    env: { TZ: 'UTC', AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
    // Vitest starts the longest files first; within a file the order is random.
    sequence: { shuffle: { files: false, tests: true } },
  },
});
