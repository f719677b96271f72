import { sandboxGcp } from '../../src/sandbox/clouds/gcp.js';
import { type GcpResource, sandboxGcpProject, sandboxGcpToken } from '../../src/sandbox/gcp/account.js';
import { connectionStatus } from '../../src/sandbox/gcp/linking.js';
import { attachInterface } from '../../src/sandbox/service-routes.js';
import { createService } from '../../src/sandbox/services.js';
import { defaultProject, type Service, type World } from '../../src/sandbox/world.js';
import { askCloud, type Intrusion, type SimulatedCloud } from './cloud.js';

const actions = [
  'compute.subnetworks.list',
  'compute.addresses.createInternal',
  'compute.addresses.get',
  'compute.addresses.list',
  'compute.addresses.deleteInternal',
  'compute.forwardingRules.create',
  'compute.forwardingRules.get',
  'compute.forwardingRules.list',
  'compute.forwardingRules.delete',
  'compute.regionOperations.get',
];

export const simulatedGcp: SimulatedCloud = {
  provider: 'GCP',
  regions: ['us-east4', 'europe-west1'],
  requests: actions.map((action) => ({ action })),
  creates: ['compute.addresses.createInternal', 'compute.forwardingRules.create'],
  deletes: ['compute.forwardingRules.delete', 'compute.addresses.deleteInternal'],
  endpointKind: 'forwarding rule',
  target: (service, region) =>
    sandboxGcp.service(service, { region, isReady: true, attached: [] }).serviceAttachmentNames[0] ?? '',
  holdings: (view) => {
    const all = view.world.clouds.GCP.resources.filter(({ goneAt }) => goneAt === null);
    const ownerOf = ({ body }: GcpResource) =>
      /^Created by atlas-pe for Atlas service ([0-9a-f]{24}),/.exec(String(body.description))?.[1];
    return {
      ours: all.flatMap((resource) => {
        const serviceId = ownerOf(resource);
        if (serviceId === undefined) return [];
        const { path, uses } = resource;
        const rule = uses === undefined ? all.find((each) => each.uses === path) : resource;
        const isDead = rule !== undefined && /REJECTED|CLOSED/.test(connectionStatus(view, rule));
        const kind = uses === undefined ? 'address' : 'forwarding rule';
        const isMarked = / with the service$/.test(String(resource.body.description));
        return [{ kind, id: path.split('/').at(-1) ?? '', serviceId, isMarked, isDead }];
      }),
      theirs: all
        .filter((each) => ownerOf(each) === undefined)
        .map(({ acceptedBy: _, ...each }) => JSON.stringify(each)),
    };
  },
  intrude: async (about) => {
    const ipAddress = await createRule(about);
    const { name } = about;
    return { id: name, gcpProjectId: sandboxGcpProject, endpoints: [{ endpointName: name, ipAddress }] };
  },
  deleteByHand: ({ baseUrl, region, id }) => {
    const rule = `projects/${sandboxGcpProject}/regions/${region}/forwardingRules/${id}`;
    return askCloud('DELETE', `${baseUrl}/gcp/compute/v1/${rule}`, sandboxGcpToken);
  },
  createOlder: async (about) => {
    const { store, now, random, region, atlasRegion, advance } = about;
    const wanted = {
      provider: 'GCP',
      region: atlasRegion,
      supportedRemoteRegions: null,
      portMappingEnabled: false,
    } as const;
    const { id } = await store.update((world) => {
      const created = createService({ world, now: now(), random, project: defaultProject }, wanted);
      return { world: created.world, answer: created.service };
    });
    advance();
    const find = (world: World) => world.services.find((each) => each.id === id) as Service;
    const service = find(await store.read());
    const { serviceAttachmentNames } = sandboxGcp.service(service, { region, isReady: true, attached: [] });
    const endpoints: { endpointName: string; ipAddress: string }[] = [];
    for (const [index, target] of serviceAttachmentNames.entries()) {
      const name = `old-${index}`;
      endpoints.push({ endpointName: name, ipAddress: await createRule({ ...about, target, name }) });
    }
    await store.update((world) => {
      const request = { id: 'old', gcpProjectId: sandboxGcpProject, endpoints };
      return { world: attachInterface({ world, now: now() }, find(world), request).world, answer: null };
    });
    advance();
  },
};

/** Another program creates an address and a rule. Returns the IP address. */
async function createRule({
  baseUrl,
  region,
  target,
  name,
  advance,
}: Pick<Intrusion, 'baseUrl' | 'region' | 'target' | 'name' | 'advance'>): Promise<string> {
  const project = `projects/${sandboxGcpProject}`;
  const place = `${project}/regions/${region}`;
  const at = `${baseUrl}/gcp/compute/v1/${place}`;
  const address = { name, addressType: 'INTERNAL', subnetwork: `${place}/subnetworks/default` };
  await askCloud('POST', `${at}/addresses`, sandboxGcpToken, address);
  advance();
  const network = `${project}/global/networks/default`;
  const rule = { name, target, network, IPAddress: `${place}/addresses/${name}` };
  await askCloud('POST', `${at}/forwardingRules`, sandboxGcpToken, rule);
  advance();
  const { IPAddress } = await askCloud('GET', `${at}/forwardingRules/${name}`, sandboxGcpToken);
  return IPAddress;
}
