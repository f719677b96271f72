import { UsageError } from '../../base/errors.js';
import { text, texts } from '../../base/json.js';
import { cmd } from '../../base/shell.js';
import { type CloudFacts, subnet, tag } from '../facts.js';
import { checkId, dashed, regionTable } from '../shapes.js';

const regions = regionTable(`
us-east-1 us-east-2 us-west-1 us-west-2 us-gov-east-1 us-gov-west-1 ca-central-1 ca-west-1 mx-central-1 sa-east-1
eu-north-1 eu-west-1 eu-west-2 eu-west-3 eu-central-1 eu-central-2 eu-south-1 eu-south-2
me-south-1 me-central-1 af-south-1 il-central-1
ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-south-2 ap-east-1 ap-east-2
ap-southeast-1 ap-southeast-2 ap-southeast-3 ap-southeast-4 ap-southeast-5 ap-southeast-6 ap-southeast-7
cn-north-1 cn-northwest-1`);

const shape = {
  pattern: /^vpce-[0-9a-f]{17}$/,
  what: 'a valid AWS interface endpoint id',
  inHelp: 'vpce-…',
  example: 'vpce-0123456789abcdef0',
};

const vpcRegion = { kind: 'value', term: '<region>', from: 'awsRegions' } as const;

export const aws = {
  title: 'AWS',
  account: 'AWS account',
  cli: 'AWS CLI',
  firewalls: 'security groups',
  regions,
  regionShape: /^[a-z]{2,4}(?:-[a-z]+)+-[1-9]$/,
  newRegion: (text) => ({ region: dashed(text), atlasRegion: text.toUpperCase().replaceAll('-', '_') }),
  readyTimes: { least: 141, p95: 187 },
  hasRemoteRegions: true,
  service: {
    keys: { supportedRemoteRegions: (value) => texts(value).map(dashed) },
    attached: 'interfaceEndpoints',
    // All of them share the rest of the name: com.amazonaws.vpce.us-east-1.vpce-svc-…
    label: ({ endpointServiceName }) =>
      text(endpointServiceName)?.replace(/^com\.amazonaws\.vpce\.[^.]+\./, '') ?? null,
    written:
      /^(?:com\.amazonaws\.vpce\.[\w-]+\.|arn:aws[\w-]*:ec2:[\w-]+:\d*:vpc-endpoint-service\/)?(vpce-svc-[0-9a-f]{17})$/,
    target: ({ endpointServiceName }) => text(endpointServiceName),
    ports: () => ({ from: 1024, to: 65_535 }),
  },
  interfaces: {
    keys: {},
    statuses: 'PENDING_ACCEPTANCE, PENDING, AVAILABLE; REJECTED, DELETING',
    shape,
    mark: /^vpce-/,
    written: /^arn:aws.*:vpc-endpoint\/(vpce-[0-9a-f]{17})$/,
    parts: () => [],
    inHostName: /^vpce-[0-9a-f]{17}/,
    options: {},
    read: ({ id }) => {
      if (id === undefined) throw new UsageError('Missing interface endpoint id.', `Example: ${shape.example}`);
      return { id: checkId(shape, id), body: { id } };
    },
    cleanUp: ({ id, region }) => [cmd`aws ec2 delete-vpc-endpoints --region ${region} --vpc-endpoint-ids ${id}`],
    // Version 6 is the first with a region in each resource and in import ids.
    terraform: { source: 'hashicorp/aws', version: '>= 6.0', target: 'endpoint_service_name' },
  },
  setup: {
    network: {
      subnet,
      tag,
      vpc: { kind: 'value', term: '<id>', help: 'AWS: VPC (default: the only one), in all its zones', mark: /^vpc-/ },
      securityGroup: {
        kind: 'values',
        term: '<id>',
        help: 'AWS: security groups (default: a new one)',
        mark: /^sg-/,
      },
      from: { kind: 'values', term: '<source>', help: 'AWS: what the new group lets in (default: the VPC)' },
      vpcRegion: { ...vpcRegion, help: 'AWS: region of the VPC, if not that of the service' },
    },
    search: {
      vpcRegion: {
        ...vpcRegion,
        help: 'also search this region for resources that connect created (needed if the service is gone)',
      },
    },
    client: {
      client: { kind: 'value', term: '<id>', help: 'AWS: also check the path from this i-, eni- or sg- id' },
    },
    signIn: { awsProfile: { kind: 'value', term: '<name>', help: 'AWS profile to use' } },
    elsewhere: 'vpcRegion',
    networkTitle: 'VPC',
    mayAsk: true,
    placeholder: 'VPCE_ID',
    steps: [
      { id: 'vpc-endpoint', title: 'VPC endpoint' },
      { id: 'security-group', title: 'Security group' },
    ],
    checks: [
      { id: 'cloud-ports', title: 'Security groups' },
      { id: 'cloud-dns', title: 'DNS in the VPC' },
      { id: 'cloud-zones', title: 'Availability zones' },
      { id: 'cloud-acl', title: 'Network ACLs' },
      { id: 'cloud-client', title: 'Client' },
      { id: 'cloud-routes', title: 'Route tables', needs: ['cloud-client'] },
      { id: 'cloud-egress', title: 'Outbound rules', needs: ['cloud-client'] },
      {
        id: 'cloud-path',
        title: 'Path from a client',
        needs: ['cloud-ports', 'cloud-acl', 'cloud-routes', 'cloud-egress'],
      },
    ],
  },
} as const satisfies CloudFacts;
