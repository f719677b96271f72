import { sandboxGcp } from '../../src/sandbox/clouds/gcp.js';
import { connectionStatus } from '../../src/sandbox/gcp/linking.js';
import { sandboxGcpProject, sandboxGcpToken } from '../../src/sandbox/gcp/network.js';
import type { GcpResource } from '../../src/sandbox/gcp/resources.js';
import { askCloud, type SimulatedCloud } from './cloud.js';

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
  endpointKind: 'forwarding rule',
  target: (service, region) =>
    sandboxGcp.service(service, { region, isReady: true, attached: [] }).serviceAttachmentNames[0] ?? '',
  holdings: (view) => {
    const all = view.world.gcp.resources.filter(({ goneAt }) => goneAt === null);
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
        return [{ kind, id: path.split('/').at(-1) ?? '', serviceId, isDead }];
      }),
      theirs: all
        .filter((each) => ownerOf(each) === undefined)
        .map(({ acceptedBy: _, ...each }) => JSON.stringify(each)),
    };
  },
  intrude: async ({ baseUrl, region, target, name, advance }) => {
    const project = `projects/${sandboxGcpProject}`;
    const at = `${baseUrl}/gcp/compute/v1/${project}/regions/${region}`;
    const place = `${project}/regions/${region}`;
    const address = { name, addressType: 'INTERNAL', subnetwork: `${place}/subnetworks/default` };
    await askCloud('POST', `${at}/addresses`, sandboxGcpToken, address);
    advance();
    const network = `${project}/global/networks/default`;
    const rule = { name, target, network, IPAddress: `${place}/addresses/${name}` };
    await askCloud('POST', `${at}/forwardingRules`, sandboxGcpToken, rule);
    advance();
    const { IPAddress: ipAddress } = await askCloud('GET', `${at}/forwardingRules/${name}`, sandboxGcpToken);
    return { id: name, gcpProjectId: sandboxGcpProject, endpoints: [{ endpointName: name, ipAddress }] };
  },
};
