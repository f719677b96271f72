import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { isComplete } from '../helpers/complete.js';
import { home } from '../helpers/run-program.js';
import differences from './recordings.json' with { type: 'json' };

/** Asks the built program's sandbox what the real services were asked, and prints a line for each difference of form. */
const compare = fileURLToPath(new URL('../../../shared/recordings/compare.mjs', import.meta.url));
const isThere = existsSync(compare);

test.skipIf(!isThere && !isComplete)('the sandbox answers as recorded (skipped without the recordings)', async () => {
  expect(isThere, compare).toBe(true);
  const { accepted, pending } = differences;
  const known = accepted.flatMap(({ rows }) => rows);
  expect(known.length).toBeLessThanOrEqual(100);
  const child = spawn(process.execPath, [compare, home], { stdio: ['ignore', 'pipe', 'ignore'] });
  const exit = new Promise((resolve) => child.on('close', resolve));
  const printed = await text(child.stdout);
  const lines = printed.split('\n').filter((line) => /^(?:known {2})?(?:atlas|arm|gce|ec2) /.test(line));
  // A row that is mended has to go from the list.
  expect(lines.map((line) => line.replace('known  ', '')).sort()).toEqual([...known, ...pending].sort());
  expect(await exit, printed).toBe(pending.length > 0 ? 1 : 0);
});
