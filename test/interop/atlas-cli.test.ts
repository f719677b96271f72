import { describe, test } from 'vitest';
import { anyVpce, attached, hasOlderKind } from './clouds.js';
import { hasPeers } from './peers.js';
import { serve, unanswered } from './served.js';

/** By cloud: the region, the options that attach an interface endpoint, and those that name it. */
const clouds = [
  {
    cloud: 'aws',
    region: 'us-east-1',
    id: attached.aws,
    attach: (service: string) => `${service} --privateEndpointId ${attached.aws}`,
  },
  {
    cloud: 'azure',
    region: 'eastus2',
    id: attached.azure,
    attach: (service: string) =>
      `${service} --privateEndpointId ${attached.azure} --privateEndpointIpAddress 10.0.0.4`,
  },
  {
    cloud: 'gcp',
    region: 'CENTRAL_US',
    id: attached.gcp,
    attach: (service: string) =>
      `${attached.gcp} --endpointServiceId ${service} --gcpProjectId my-project --endpoint a@10.0.0.1,b@10.0.0.2`,
  },
];

describe.skipIf(!hasPeers)('the Atlas CLI (skipped without it)', { concurrent: true }, () => {
  // The Atlas CLI creates GCP services without port mapping.
  test.for(clouds.filter(({ cloud }) => cloud !== 'gcp' || hasOlderKind))(
    'makes, watches and removes endpoints of $cloud',
    async ({ cloud, region, id, attach }, { expect }) => {
      await using sandbox = await serve(...anyVpce);
      const atlas = (line: string) => sandbox.output(`atlas privateEndpoints ${cloud} ${line}`);
      const created = JSON.parse(await atlas(`create --region ${region} -o json`));
      expect(created).toMatchObject({ cloudProvider: cloud.toUpperCase(), status: 'INITIATING' });
      const service: string = created.id;
      expect(await atlas(`watch ${service}`)).toContain('Private endpoint changes completed.');
      const ready = { id: service, status: 'AVAILABLE' };
      expect(JSON.parse(await atlas('list -o json'))).toEqual([expect.objectContaining(ready)]);
      expect(JSON.parse(await atlas(`describe ${service} -o json`))).toMatchObject(ready);

      await atlas(`interfaces create ${attach(service)}`);
      const describe = `interfaces describe ${id} --endpointServiceId ${service} -o json`;
      const command = `atlas privateEndpoints ${cloud} ${describe}`;
      await sandbox.output(`until ${command} | grep -q '"AVAILABLE"'; do sleep 0.2; done`);
      expect(JSON.parse(await atlas(`describe ${service} -o json`))).toMatchObject({
        [{ aws: 'interfaceEndpoints', azure: 'privateEndpoints', gcp: 'endpointGroupNames' }[cloud] ?? '']: [id],
      });
      const refused = await sandbox.run(`atlas privateEndpoints ${cloud} delete ${service} --force`);
      expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('CANNOT_DELETE_PRIVATELINK')]);

      await atlas(`interfaces delete ${id} --endpointServiceId ${service} --force`);
      await sandbox.output(`while ${command}; do sleep 0.2; done`);
      await atlas(`delete ${service} --force`);
      await sandbox.output(`while atlas privateEndpoints ${cloud} describe ${service}; do sleep 0.2; done`);
      expect(JSON.parse(await atlas('list -o json'))).toEqual([]);
      expect(unanswered(sandbox)).toEqual([]);
    },
  );

  test('turns regional mode on and off', async ({ expect }) => {
    await using sandbox = await serve('--cluster', 'app:us-east-1,sharded');
    const mode = async (verb: string) =>
      JSON.parse(await sandbox.output(`atlas privateEndpoints regionalModes ${verb} -o json`));
    expect(await mode('describe')).toMatchObject({ enabled: false });
    await mode('enable');
    expect(await mode('describe')).toMatchObject({ enabled: true });
    const create = 'atlas privateEndpoints aws create --region us-east-1';
    await sandbox.output(`${create} && ${create}`);
    const refused = await sandbox.run('atlas privateEndpoints regionalModes disable');
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('MULTIPLE_PRIVATE_ENDPOINTS')]);
    expect(await mode('describe')).toMatchObject({ enabled: true });
  });

  test('shows clusters and their private connection strings', async ({ expect }) => {
    await using sandbox = await serve('--cluster', 'app:us-east-1', ...anyVpce);
    const atlas = async (line: string) => JSON.parse(await sandbox.output(`atlas ${line} -o json`));
    await sandbox.output(`atlas-pe create --region us-east-1 --wait
      atlas-pe interface add us-east-1 ${attached.aws} --wait
      atlas-pe connection-strings --wait`);
    const cluster = { name: 'app', stateName: 'IDLE', replicationSpecs: [expect.objectContaining({ numShards: 1 })] };
    expect(await atlas('clusters describe app')).toMatchObject(cluster);
    expect((await atlas('clusters list')).results).toEqual([expect.objectContaining({ name: 'app' })]);
    const { privateEndpoint } = await atlas('clusters connectionStrings describe app');
    expect(privateEndpoint).toEqual([
      expect.objectContaining({ srvConnectionString: expect.stringMatching(/^mongodb\+srv:\/\/app-pl-0\./) }),
    ]);
    const api = async (line: string) =>
      JSON.parse(await sandbox.output(`atlas api ${line} --groupId "$ATLAS_PE_PROJECT"`));
    const oldest = await api('clusters listClusters --version 2023-01-01');
    expect(await api('clusters listClusters --version 2023-01-01 --envelope')).toEqual({
      status: 200,
      content: oldest,
    });
    expect(await api('projects getProject')).toMatchObject({ clusterCount: 1 });
    expect(await api('projects listProjectLimits')).toHaveLength(2);
    expect((await atlas('clusters list --tier FLEX')).results).toEqual([]);
    const missing = await sandbox.run('atlas clusters describe nope');
    expect([missing.code, missing.stderr]).toEqual([1, expect.stringContaining('CLUSTER_NOT_FOUND')]);
    expect(unanswered(sandbox)).toEqual([]);
  });
});
