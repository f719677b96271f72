/*
 * Runs connect and disconnect against simulated clouds: `npm run simulate -- --seeds 500`, or one of them again with
 * `--seed N`. Prints the steps of the seeds that break a rule.
 */
import { parseArgs } from 'node:util';
import { simulate } from '../test/simulation/simulate.js';

const { values } = parseArgs({ options: { seeds: { type: 'string' }, seed: { type: 'string' } } });
const only = values.seed === undefined ? undefined : Number(values.seed);
const seeds =
  only === undefined ? Array.from({ length: Number(values.seeds ?? 500) }, (_, index) => index + 1) : [only];
let failed = 0;
const started = Date.now();
for (const seed of seeds) {
  const { steps, broken } = await simulate(seed);
  if (broken !== undefined) failed++;
  if (broken !== undefined || only !== undefined) print([`seed ${seed}`, ...steps, broken ?? 'held', ''].join('\n'));
}
const perSeed = ((Date.now() - started) / seeds.length).toFixed(0);
// .ci/run adds these up.
print(`Seeds: ${seeds.length - failed} passed, ${failed} failed, ${perSeed} ms each`);
process.exitCode = failed === 0 ? 0 : 1;

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
