import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';

/* The real functions that other tests replace. They run in a separate process, because they end it. */

function run(script: string) {
  const module = JSON.stringify(new URL('../../src/context/host-parts.ts', import.meta.url).href);
  const whole = `const { hostParts } = await import(${module}); ${script}`;
  const args = ['--import', 'tsx', '--input-type=module', '--eval', whole];
  return spawnSync(process.execPath, args, { encoding: 'utf8', timeout: 20_000 });
}

test('a stuck process is killed after its time', () => {
  expect(run('await hostParts.killAfter(50); for (;;);')).toMatchObject({ signal: 'SIGKILL' });
});

test('a process that ends earlier is not delayed', () => {
  expect(run('await hostParts.killAfter(60_000);')).toMatchObject({ signal: null, status: 0, stderr: '' });
});
