import { spawn } from '@lydell/node-pty';
import { describe, expect, test } from 'vitest';
import { isInForeground } from '../../src/base/foreground.js';

const module = JSON.stringify(new URL('../../src/base/foreground.ts', import.meta.url).href);
const look = `const { isInForeground } = await import(${module}); console.log('foreground: ' + isInForeground());`;

/** Runs a bash script in a new terminal and returns its output. LOOK prints whether it is in the foreground. */
function inTerminal(script: string): Promise<string> {
  return new Promise((resolve) => {
    const env = { PATH: process.env.PATH ?? '', NODE: process.execPath, LOOK: look };
    const run = '"$NODE" --import tsx --input-type=module --eval "$LOOK"';
    // The shell stays alive until everything is read: on a busy machine, its last output could get lost.
    const terminal = spawn('bash', ['-c', `${script.replaceAll('LOOK', run)}; exec cat > /dev/null`], { env });
    let text = '';
    terminal.onData((data) => {
      text += data;
      if (!text.includes('over')) return;
      terminal.kill();
      resolve(text);
    });
  });
}

test('a process without a controlling terminal counts as foreground', () => {
  expect(isInForeground()).toBe(true);
});

describe('in a terminal', () => {
  test('a job that the shell waits for is in the foreground', async () => {
    expect(await inTerminal('set -m; LOOK; echo over')).toContain('foreground: true');
  });

  test('a background job is not in the foreground', async () => {
    expect(await inTerminal('set -m; LOOK < /dev/null & wait; echo over')).toContain('foreground: false');
  });
});
