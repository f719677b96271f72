import { UsageError } from '../../base/errors.js';
import { objects, text, texts } from '../../base/json.js';
import { cmd, Words } from '../../base/shell.js';
import { type CloudFacts, type InterfaceOptions, type InterfaceRequest, subnet } from '../facts.js';
import { checkId, checkIp, regionTable } from '../shapes.js';

const regions = regionTable(`
us-central1=CENTRAL_US us-east1=EASTERN_US us-east4 us-east5 us-south1 us-west1=WESTERN_US us-west2 us-west3 us-west4
northamerica-northeast1=NORTH_AMERICA_NORTHEAST_1 northamerica-northeast2=NORTH_AMERICA_NORTHEAST_2
northamerica-south1=NORTH_AMERICA_SOUTH_1 southamerica-east1=SOUTH_AMERICA_EAST_1 southamerica-west1=SOUTH_AMERICA_WEST_1
europe-west1=WESTERN_EUROPE europe-west2 europe-west3 europe-west4 europe-west6 europe-west8 europe-west9
europe-west10 europe-west12 europe-north1 europe-central2 europe-southwest1
asia-east1=EASTERN_ASIA_PACIFIC asia-east2 asia-northeast1=NORTHEASTERN_ASIA_PACIFIC asia-northeast2 asia-northeast3
asia-southeast1=SOUTHEASTERN_ASIA_PACIFIC asia-southeast2 asia-south1 asia-south2
australia-southeast1 australia-southeast2 me-west1=MIDDLE_EAST_WEST_1 me-central1=MIDDLE_EAST_CENTRAL_1
me-central2=MIDDLE_EAST_CENTRAL_2 africa-south1`);

const shape = {
  pattern: /^[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/,
  what: 'a valid name for a GCP forwarding rule or endpoint group',
  inHelp: 'name of the forwarding rule (without port mapping: of the endpoint group)',
  example: 'my-rule',
};

/** Old ids begin with a domain. */
export const gcpProjectShape = {
  pattern: /^(?:[a-z0-9.-]+:)?[a-z][a-z0-9-]{4,28}[a-z0-9]$/,
  what: 'a valid GCP project id',
  example: 'my-project-123',
};

export const gcp = {
  title: 'GCP',
  account: 'Google project',
  cli: 'gcloud',
  firewalls: 'firewall rules; from another region, the forwarding rule needs global access',
  regions,
  regionShape: /^[a-z]+(?:-[a-z]+)+-?[1-9][0-9]?$/,
  newRegion: (text) => ({ region: text, atlasRegion: text }),
  readyTimes: { least: 218, p95: 366 },
  older: { endsAt: Date.UTC(2027, 3, 30), day: '30 April 2027' },
  service: {
    keys: {
      serviceAttachmentNames: texts,
      endpointGroupNames: texts,
      portMappingEnabled: (value) => value === true,
    },
    attached: 'endpointGroupNames',
    label: ({ portMappingEnabled }) => (portMappingEnabled === true ? 'port-mapped' : 'no port mapping'),
    brief: {
      // Without port mapping there may be dozens, which differ by their number alone.
      serviceAttachmentNames: ({ serviceAttachmentNames: all = null }) => {
        const names = texts(all);
        return names.length <= 2 ? all : [names[0] ?? '', `… ${names.at(-1)} (${names.length})`];
      },
    },
    target: ({ portMappingEnabled, serviceAttachmentNames }) =>
      portMappingEnabled === true ? (texts(serviceAttachmentNames)[0] ?? null) : null,
    ports: ({ portMappingEnabled }) =>
      portMappingEnabled === true ? { from: 1024, to: 65_535 } : { from: 27_015, to: 27_017 },
  },
  interfaces: {
    keys: { gcpProjectId: text, endpoints: forwardingRules },
    statuses: 'INITIATING, VERIFIED, AVAILABLE; FAILED, DELETING',
    shape,
    parts: ({ endpoints }) =>
      forwardingRules(endpoints).map(({ endpointName, ipAddress, status }) => {
        return { name: endpointName, address: ipAddress, status };
      }),
    options: {
      ip: 'IP address of the forwarding rule',
      gcpProject: 'id of the GCP project with the forwarding rules',
      group: 'name of the endpoint group, without port mapping',
      endpoint: 'name and IP address of each forwarding rule, without port mapping',
    },
    read,
    cleanUp: ({ id, region, gcpProjectId, endpoints = [{ endpointName: id }] }) => {
      const names = forwardingRules(endpoints).flatMap(({ endpointName }) => endpointName ?? []);
      const project = text(gcpProjectId);
      const isSafe = [region, ...names].every((name) => shape.pattern.test(name));
      if (project === null || names.length === 0 || !isSafe) return [];
      const where = cmd`--region ${region} --project ${project}`;
      // Only its rule tells which address it is: Atlas does not know its name, and other networks may have the same IP.
      const users = names.map((name) => `/${name}$`).join('|');
      const filter = new Words(`--filter 'region:${region} AND users~/forwardingRules/ AND users~${users}'`);
      const list = cmd`gcloud compute addresses list --project ${project} ${filter}`;
      return [
        new Words(`ADDRESSES=($(${list.text} --format 'value(name)'))`),
        cmd`gcloud compute forwarding-rules delete ${names} ${where}`,
        cmd`gcloud compute addresses delete "\${ADDRESSES[@]}" ${where}`,
      ];
    },
    // Since version 5, labels that a resource does not have stay as they are.
    terraform: { source: 'hashicorp/google', version: '>= 5.0', target: 'service_attachment_names[0]' },
    signIn: ({ gcpProjectId }) => ({ gcpProject: text(gcpProjectId) ?? undefined }),
    suits: ({ portMappingEnabled }, request) => (portMappingEnabled === true) === isOneRule(request),
    check: ({ region, portMappingEnabled, serviceAttachmentNames }, request) => {
      if (portMappingEnabled === true && !isOneRule(request)) {
        throw new UsageError(
          `The private endpoint service in ${region} has port mapping, so it needs one ` +
            'forwarding rule, with the same name as the interface endpoint.',
          'Use RULE --gcp-project PROJECT --ip ADDRESS.',
        );
      }
      const given = objects(request.body.endpoints).length;
      const wanted = texts(serviceAttachmentNames).length;
      if (given >= wanted) return undefined;
      return `Only ${given} of ${wanted} forwarding rules specified. Atlas expects one for each service attachment.`;
    },
  },
  setup: {
    network: {
      subnet,
      network: { kind: 'value', term: '<name>', help: 'GCP: VPC network of the subnet' },
      globalAccess: { kind: 'flag', help: 'GCP: allow clients in other regions' },
    },
    signIn: { gcpProject: { kind: 'value', term: '<id>', help: 'GCP: project of the forwarding rule' } },
    accountInId: /\bprojects\/([^/]+)\//i,
    networkTitle: 'VPC network',
    placeholder: 'RULE',
    steps: [
      { id: 'forwarding-rule', title: 'Forwarding rule' },
      { id: 'address', title: 'Address' },
    ],
    checks: [
      { id: 'cloud-target', title: 'Target of the forwarding rule' },
      { id: 'cloud-firewall', title: 'Egress firewall rules' },
      { id: 'cloud-global-access', title: 'Global access' },
    ],
  },
} as const satisfies CloudFacts;

function read({ id, ip, gcpProject, group = id, endpoint }: InterfaceOptions): InterfaceRequest {
  if (id !== undefined && group !== id)
    throw new UsageError(`'${id}' and --group ${group} are different endpoint groups.`, 'Use only one of them.');
  const ipOrEndpoint = 'Use --ip for a service with port mapping, and --endpoint for one without.';
  if (ip !== undefined && endpoint !== undefined)
    throw new UsageError('--ip and --endpoint cannot be combined.', ipOrEndpoint);
  const endpoints =
    ip === undefined ? [...new Set(endpoint)].map(forwardingRule) : [{ endpointName: group, ipAddress: checkIp(ip) }];
  const setProject = 'Set it with --gcp-project. To look it up: gcloud config get-value project';
  if (gcpProject === undefined) throw new UsageError('Missing GCP project.', setProject);
  const setIp = 'Set it with --ip. To look it up: gcloud compute forwarding-rules list';
  if (endpoints.length === 0) throw new UsageError('Missing IP address of the forwarding rule.', setIp);
  // With port mapping there is only one forwarding rule, and the group has its name.
  const name = group ?? (endpoints.length === 1 ? endpoints[0]?.endpointName : undefined);
  if (name === undefined) {
    throw ip === undefined
      ? new UsageError('Missing endpoint group name.', 'Set it with --group.')
      : new UsageError('Missing name of the forwarding rule.', `Example: ${shape.example}`);
  }
  const body = {
    endpointGroupName: checkId(shape, name),
    gcpProjectId: checkId(gcpProjectShape, gcpProject),
    endpoints,
  };
  return { id: name, body };
}

/** Whether a request has one forwarding rule that is called like the interface endpoint, as port mapping requires. */
function isOneRule({ id, body: { endpoints } }: InterfaceRequest) {
  const [only, ...others] = forwardingRules(endpoints);
  return others.length === 0 && only?.endpointName === id;
}

function forwardingRule(rule: string) {
  const [name = '', ip, ...rest] = rule.split('@');
  if (ip === undefined || rest.length > 0 || !shape.pattern.test(name))
    throw new UsageError(`'${rule}' is not a valid forwarding rule.`, 'Use NAME@IP. Example: rule-0@10.0.0.4');
  return { endpointName: name, ipAddress: checkIp(ip) };
}

function forwardingRules(value: unknown) {
  return objects(value).map(({ endpointName, ipAddress, status }) => {
    return { endpointName: text(endpointName), ipAddress: text(ipAddress), status: text(status) };
  });
}
