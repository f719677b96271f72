import { expect, test } from 'vitest';
import type { Fault } from '../../src/sandbox/faults.js';
import { ownSandbox } from '../helpers/run-cli.js';

/* --timeout begins with the command and limits every request, also those that change something. */

const own = ownSandbox();
const { json } = own;

const service = () => json('create us-east-1 --wait');
const vpce = 'vpce-0123456789abcdef0';
const connected = async () => {
  await json('connect us-east-1 --yes');
  own.sandbox.clock.advance(120_000);
};
const attached = async () => {
  await service();
  await json(`interface add us-east-1 ${vpce} --wait`);
};
const nothing = async () => undefined;

/** From this request on, the server answers later than any request waits. */
const silentFrom = (nth: number, path: string): Fault => ({
  path,
  nth: [{ from: nth, to: Number.POSITIVE_INFINITY }],
  delayMs: 13_000,
});

const [atlas, aws] = ['/api/atlas/*', '/'];
test.each<[server: string, line: string, path: string, before: () => Promise<unknown>, doubt: RegExp]>([
  ['Atlas', 'connect us-east-1 --yes', atlas, nothing, /The Atlas service may or may not have been created/],
  ['AWS', 'connect us-east-1 --yes', aws, nothing, /The security group may or may not have been created/],
  ['Atlas', 'disconnect us-east-1 --yes', atlas, connected, /Not removed yet: Atlas service \w{24}/],
  ['AWS', 'disconnect us-east-1 --yes', aws, connected, /Not removed yet: Security group sg-\w+\./],
  ['Atlas', 'create us-east-1 --wait', atlas, nothing, /The endpoint may or may not have been created/],
  ['Atlas', 'delete us-east-1 --wait --yes', atlas, service, /may or may not have been deleted/],
  ['Atlas', `interface add us-east-1 ${vpce} --wait`, atlas, service, /not have been attached/],
  ['Atlas', `interface remove us-east-1 ${vpce} --wait --yes`, atlas, attached, /not have been removed/],
])('wherever %s becomes silent, %s ends with 8 and says what may exist', async (_, line, path, before, doubt) => {
  let said = '';
  for (let nth = 1; nth < 50; nth++) {
    await own.restart({ readyAfter: 1000 });
    await before();
    own.faults = [silentFrom(nth, path)];
    const run = await own.atlas(`${line} --timeout 12s`);
    if (run.exitCode === 0) break;
    expect(run).toMatchObject({ exitCode: 8, stdout: '', stderr: expect.stringContaining('Hint: ') });
    said += run.stderr;
  }
  expect(said).toMatch(doubt);
});

test('connect that ends while the Atlas service starts says that disconnect keeps that service', async () => {
  own.faults = [{ path: '*/endpointService', method: 'POST', fate: { kind: 'never-ready' } }];
  await own.ends('connect us-east-1 --yes --timeout 20s', 8, 'so disconnect keeps it, and delete removes it. To ');
  const { endpoint } = await json('disconnect us-east-1 --yes');
  await own.succeeds(`delete ${endpoint.id} --yes`);
});
