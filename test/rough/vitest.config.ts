import { existsSync } from 'node:fs';
import { defineConfig } from 'vitest/config';
import usual from '../../vitest.config.js';
import { mayDiffer } from './may-differ.js';

const include = Object.keys(mayDiffer).map((name) => `test/commands/${name}.test.ts`);
for (const file of include)
  if (!existsSync(file)) throw new Error(`${file} is in may-differ.ts, but does not exist.`);

/** Tests of commands once more, in the sandbox of `test/helpers/rough.ts`. */
export default defineConfig({
  test: {
    ...usual.test,
    include,
    setupFiles: 'test/rough/skip.ts',
    env: { ...usual.test?.env, ATLAS_PE_TEST_ROUGH: '1' },
  },
});
