import { realpathSync } from 'node:fs';
import { expect, test } from 'vitest';
import { outputOf } from '../../../src/clouds/gcp/credentials.js';
import { temporaryFolder } from '../../helpers/temporary-folder.js';

test('on Windows, where programs of the current folder come first, one runs in that of the system', async () => {
  const SystemRoot = realpathSync(temporaryFolder());
  const how = { env: { PATH: process.env.PATH, SystemRoot }, signal: new AbortController().signal };
  expect(await outputOf('pwd', [], { ...how, platform: 'win32' })).toEqual({ printed: `${SystemRoot}\n`, exit: 0 });
  expect(await outputOf('pwd', [], how)).toEqual({ printed: `${process.cwd()}\n`, exit: 0 });
});
