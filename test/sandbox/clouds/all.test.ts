import { expect, test } from 'vitest';
import { providers } from '../../../src/clouds/all.js';
import { parseRegion } from '../../../src/clouds/regions.js';
import { defaultProject } from '../../../src/sandbox/world.js';
import { examples } from '../../helpers/clouds.js';
import { ownSandbox } from '../../helpers/run-cli.js';

const own = ownSandbox();

test.each(providers)('on %s, the network of Atlas has the region of an attached service', async (provider) => {
  const { region, attached, options = '' } = examples[provider];
  const { atlasRegion } = parseRegion(provider, region);
  const shared = { name: 'free', tier: 'M0' as const, regions: [{ provider, atlasRegion: 'US_WEST_2' }] };
  await own.restart({ clusters: [{ name: 'app', regions: [{ provider, atlasRegion }] }, shared] });
  await own.atlas(`create ${region} --provider ${provider.toLowerCase()} --wait`);
  await own.atlas(`interface add ${region} ${attached} --wait ${options}`.trim());
  const path = `/api/atlas/v2/groups/${defaultProject}/containers?providerName=${provider}`;
  const { body } = await own.sandbox.ask(path);
  const networks = {
    AWS: { regionName: atlasRegion },
    AZURE: { region: atlasRegion },
    GCP: { regions: [atlasRegion] },
  };
  expect(body.results).toEqual([
    {
      id: expect.stringMatching(/^[0-9a-f]{24}$/),
      providerName: provider,
      provisioned: true,
      atlasCidrBlock: '192.168.248.0/21',
      ...networks[provider],
    },
  ]);
});
