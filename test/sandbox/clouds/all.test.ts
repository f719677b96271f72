import { expect, test } from 'vitest';
import { type Provider, providers } from '../../../src/clouds/all.js';
import { parseRegion } from '../../../src/clouds/regions.js';
import { defaultProject } from '../../../src/sandbox/world.js';
import { examples } from '../../helpers/clouds.js';
import { ownSandbox } from '../../helpers/run-cli.js';

const own = ownSandbox();

test.each(providers)(
  'on %s a cluster gets a connection string with the ports of its kind',
  async (provider: Provider) => {
    const { region, attached, options = '' } = examples[provider];
    const { atlasRegion } = parseRegion(provider, region);
    await own.restart({ clusters: [{ name: 'app', regions: [{ provider, atlasRegion }] }] });
    await own.atlas(`create ${region} --provider ${provider.toLowerCase()} --wait`);
    await own.atlas(`interface add ${region} ${attached} --wait ${options}`.trim());
    const matches = (pattern: string) => expect.stringMatching(new RegExp(pattern));
    const prefix = provider === 'GCP' ? 'psc' : 'pl';
    expect(await own.json('connection-strings --wait')).toEqual([
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
  },
);
