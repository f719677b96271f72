import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';

/* What tests replace, as it is: in a process of its own, which it ends. */

function run(script: string) {
  const machine = JSON.stringify(new URL('../../src/context/machine.ts', import.meta.url).href);
  const whole = `const { thisMachine } = await import(${machine}); ${script}`;
  const args = ['--import', 'tsx', '--input-type=module', '--eval', whole];
  return spawnSync(process.execPath, args, { encoding: 'utf8', timeout: 20_000 });
}

test('a process that is stuck is ended by force when its time is up', () => {
  expect(run('await thisMachine.killAfter(50); for (;;);')).toMatchObject({ signal: 'SIGKILL' });
});

test('a process that comes to its end is not held up by that', () => {
  expect(run('await thisMachine.killAfter(60_000);')).toMatchObject({ signal: null, status: 0, stderr: '' });
});
