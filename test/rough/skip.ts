import { basename } from 'node:path';
import { beforeAll, type RunnerTestSuite } from 'vitest';
import { mayDiffer } from './may-differ.js';

/* Skips the tests that may differ. One that does not exist any more is an error. */

// biome-ignore lint/correctness/noEmptyPattern: vitest reads there which fixtures are wanted
beforeAll(({}, file) => {
  const gone = new Set(Object.values(mayDiffer[basename(file.name, '.test.ts')] ?? {}).flat());
  const listed = [...gone];
  const skip = (suite: RunnerTestSuite, above = '') => {
    for (const task of suite.tasks) {
      const title = `${above}${task.name}`;
      const entry = listed.find((each) => title.includes(each));
      if (task.type === 'suite') skip(task, `${title} > `);
      else if (entry !== undefined) {
        gone.delete(entry);
        task.mode = 'skip';
      }
    }
  };
  skip(file);
  if (gone.size > 0) throw new Error(`In may-differ.ts, but no test: ${[...gone].join(', ')}`);
});
