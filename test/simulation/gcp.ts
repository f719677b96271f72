import { sandboxGcp } from '../../src/sandbox/clouds/gcp.js';
import { connectionStatus } from '../../src/sandbox/gcp/linking.js';
import { gcpToken, sandboxGcpProject } from '../../src/sandbox/gcp/resources.js';
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
    const { addresses, forwardingRules } = view.world.gcp;
    const isLeft = ({ goneAt }: { goneAt: number | null }) => goneAt === null;
    const rules = forwardingRules.filter(isLeft);
    const all = [
      ...rules.map((each) => ({ kind: 'forwarding rule', ...each })),
      ...addresses.filter(isLeft).map((each) => ({ kind: 'address', ...each })),
    ];
    const ownerOf = (description: string) =>
      /^Created by atlas-pe for Atlas service ([0-9a-f]{24}),/.exec(description)?.[1];
    return {
      ours: all.flatMap(({ kind, name, description }) => {
        const serviceId = ownerOf(description);
        const rule = kind === 'address' ? undefined : rules.find((each) => each.name === name);
        const isDead = rule !== undefined && /REJECTED|CLOSED/.test(connectionStatus(view, rule));
        return serviceId === undefined ? [] : [{ kind, id: name, serviceId, isDead }];
      }),
      theirs: all
        .filter(({ description }) => ownerOf(description) === undefined)
        .map(({ acceptedBy: _, ...each }: Record<string, unknown>) => JSON.stringify(each)),
    };
  },
  intrude: async ({ baseUrl, region, target, name, advance }) => {
    const project = `projects/${sandboxGcpProject}`;
    const at = `${baseUrl}/gcp/compute/v1/${project}/regions/${region}`;
    const place = `${project}/regions/${region}`;
    const address = { name, addressType: 'INTERNAL', subnetwork: `${place}/subnetworks/default` };
    await askCloud('POST', `${at}/addresses`, gcpToken, address);
    advance();
    const network = `${project}/global/networks/default`;
    const rule = { name, target, network, IPAddress: `${place}/addresses/${name}` };
    await askCloud('POST', `${at}/forwardingRules`, gcpToken, rule);
    advance();
    const { IPAddress: ipAddress } = await askCloud('GET', `${at}/forwardingRules/${name}`, gcpToken);
    return { id: name, gcpProjectId: sandboxGcpProject, endpoints: [{ endpointName: name, ipAddress }] };
  },
};
