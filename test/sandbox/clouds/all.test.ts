import { describe, expect, test } from 'vitest';
import { type Provider, providers } from '../../../src/clouds/all.js';
import { parseWorld } from '../../../src/sandbox/parse-world.js';
import { examples } from '../../helpers/clouds.js';
import { ownSandbox } from '../../helpers/own-sandbox.js';
import { checker } from '../../helpers/schema.js';

const own = ownSandbox();
const shipped = checker({ closed: true });

/** What a command prints as JSON, which the shipped schema describes. */
async function read(part: string, line: string): Promise<unknown> {
  const { stdout, stderr, exitCode } = await own.atlas(`${line} --json`);
  expect([exitCode, stderr.match(/^Error.*/m)]).toEqual([0, null]);
  const printed = JSON.parse(stdout);
  expect(shipped(`#/$defs/${part}`, printed)).toEqual([]);
  return printed;
}

describe.each(providers)('the sandbox and the client agree on %s', (provider: Provider) => {
  const { region, attached, options = '' } = examples[provider];
  const add = `interface add ${region} ${attached} --wait ${options}`.trim();

  test('a service is created, listed and deleted', async () => {
    const created = await read('get', `create --region ${region} --provider ${provider.toLowerCase()} --wait`);
    expect(created).toMatchObject({ provider, region, status: 'WAITING_FOR_USER', interfaceEndpoints: [] });
    expect(await read('list', 'list')).toEqual([created]);
    expect((await own.atlas(`delete ${region} --yes --wait`)).exitCode).toBe(0);
    expect(await read('list', 'list')).toEqual([]);
  });

  test('an interface endpoint is attached, listed, found by its id alone and removed', async () => {
    await own.atlas(`create --region ${region} --provider ${provider.toLowerCase()} --wait`);
    const added = await read('interface-add', add);
    expect(added).toMatchObject({ provider, region, id: attached, status: 'AVAILABLE' });
    expect(await read('interface-list', `interface list ${region}`)).toEqual([added]);
    expect(await read('interface-get', `interface get ${attached}`)).toEqual(added);
    expect(await read('get', `get ${region}`)).toMatchObject({ status: 'AVAILABLE', interfaceEndpoints: [attached] });
    expect((await own.atlas(`interface remove ${region} ${attached} --yes --wait`)).exitCode).toBe(0);
    expect(await read('interface-list', `interface list ${region}`)).toEqual([]);
  });

  test('what is in the world survives a state file', async () => {
    await own.atlas(`create --region ${region} --provider ${provider.toLowerCase()} --wait`);
    await own.atlas(add);
    const world = await own.sandbox.store.read();
    expect(parseWorld(JSON.stringify(world))).toEqual(JSON.parse(JSON.stringify(world)));
    expect(world.services[0]?.interfaces).toHaveLength(1);
  });
});
