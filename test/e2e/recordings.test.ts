import { spawn } from 'node:child_process';
import { copyFileSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { isComplete } from '../helpers/complete.js';
import { home } from '../helpers/run-program.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';
import differences from './recordings.json' with { type: 'json' };

const recordings = fileURLToPath(new URL('../../../shared/recordings', import.meta.url));
const isThere = existsSync(recordings);

test.skipIf(!isThere && !isComplete)('the sandbox answers as recorded (skipped without the recordings)', async () => {
  expect(isThere, recordings).toBe(true);
  const known = differences.flatMap(({ rows }) => rows);
  expect(known.length).toBeLessThanOrEqual(100);
  // It asks the built program's sandbox what the real services were asked, and prints a line for each difference of form. It
  // accepts those in the list beside it, which is ours.
  const folder = temporaryFolder();
  const compare = join(folder, 'compare.mjs');
  copyFileSync(join(recordings, 'compare.mjs'), compare);
  writeFileSync(join(folder, 'known.json'), JSON.stringify(known));
  const words = [compare, home, '--from', recordings];
  // It removes its folder while the sandbox still ends, which must not write compiled code into it then.
  const env = { ...process.env, NODE_DISABLE_COMPILE_CACHE: '1' };
  const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'pipe'], env });
  const exit = new Promise((resolve) => child.on('close', resolve));
  const [printed, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const lines = printed.split('\n').filter((line) => /^(?:known {2})?(?:atlas|arm|gce|ec2) /.test(line));
  // A row that is mended has to go from the list.
  expect(lines.map((line) => line.replace('known  ', '')).sort(), errors).toEqual(known.toSorted());
  expect(await exit, printed + errors).toBe(0);
});
