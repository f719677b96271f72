import { describe, expect, test } from 'vitest';
import { type Provider, providers } from '../../../src/clouds/all.js';
import { parseRegion } from '../../../src/clouds/regions.js';
import { defaultProject } from '../../../src/sandbox/world.js';
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

  test('a cluster there gets a connection string through it, with the ports of its kind', async () => {
    const { atlasRegion } = parseRegion(provider, region);
    await own.restart({ clusters: [{ name: 'app', regions: [{ provider, atlasRegion }] }] });
    await own.atlas(`create --region ${region} --provider ${provider.toLowerCase()} --wait`);
    await own.atlas(add);
    const { stdout } = await own.atlas('connection-strings --wait --json');
    const matches = (pattern: string) => expect.stringMatching(new RegExp(pattern));
    const prefix = provider === 'GCP' ? 'psc' : 'pl';
    expect(JSON.parse(stdout)).toEqual([
      {
        cluster: 'app',
        type: 'MONGOD',
        srvShardOptimizedConnectionString: null,
        srvConnectionString: matches(`^mongodb\\+srv://app-${prefix}-0\\.[0-9a-f]{5}\\.mongodb\\.net$`),
        connectionString: matches(`^mongodb://${prefix}-0-[^:]+:1024,[^:]+:1025,[^:]+:1026/\\?`),
        endpoints: [{ id: attached, provider, region, atlasRegion }],
      },
    ]);
    const path = `/api/atlas/v2/groups/${defaultProject}/containers?providerName=${provider}`;
    const { body } = await own.sandbox.ask(path);
    const networks = {
      AWS: { regionName: atlasRegion },
      AZURE: { region: atlasRegion },
      GCP: { regions: [atlasRegion] },
    };
    expect(body.results).toEqual([
      {
        id: matches('^[0-9a-f]{24}$'),
        providerName: provider,
        provisioned: true,
        atlasCidrBlock: '192.168.248.0/21',
        ...networks[provider],
      },
    ]);
  });
});
