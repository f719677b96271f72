import { spawn } from '@lydell/node-pty';
import { describe, expect, test } from 'vitest';
import { isInForeground } from '../../src/base/foreground.js';

const module = JSON.stringify(new URL('../../src/base/foreground.ts', import.meta.url).href);
const look = `const { isInForeground } = await import(${module}); console.log('foreground: ' + isInForeground());`;

/** What a script of bash prints in a terminal of its own, in which `look` tells whether it is in the foreground. */
function inTerminal(script: string): Promise<string> {
  return new Promise((resolve) => {
    const env = { PATH: process.env.PATH ?? '', NODE: process.execPath, LOOK: look };
    const run = '"$NODE" --import tsx --input-type=module --eval "$LOOK"';
    const terminal = spawn('bash', ['-c', script.replaceAll('LOOK', run)], { env });
    let text = '';
    terminal.onData((data) => {
      text += data;
      if (text.includes('over')) resolve(text);
    });
  });
}

test('a process that no terminal controls counts as in the foreground', () => {
  expect(isInForeground()).toBe(true);
});

describe.skipIf(process.platform === 'win32')('in a terminal', () => {
  test('the job that a shell waits for is in the foreground', async () => {
    expect(await inTerminal('set -m; LOOK; echo over')).toContain('foreground: true');
  });

  test('a job beside it is not', async () => {
    expect(await inTerminal('set -m; LOOK & wait; echo over')).toContain('foreground: false');
  });
});
