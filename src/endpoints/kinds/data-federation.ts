import { UsageError } from '../../base/errors.js';
import { objects, text, texts } from '../../base/json.js';
import { cmd } from '../../base/shell.js';
import { clouds, type Provider, providers } from '../../clouds/all.js';
import { checkId, isSameId } from '../../clouds/shapes.js';
import type { Kind } from './kind.js';

/** Atlas's PrivateLink service in each AWS region, from MongoDB's documentation of November 2026. No API lists them. */
const services: Readonly<Record<string, string>> = {
  'us-east-1': '00e311695874992b4',
  'us-west-2': '09d86b19e59d1b4bb',
  'eu-west-1': '0824460b72e1a420e',
  'eu-west-2': '052f1840aa0c4f1f9',
  'eu-central-1': '0ac8ce91871138c0d',
  'sa-east-1': '0b56e75e8cdf50044',
  'ap-southeast-1': '07728d2dfd2860efb',
  'ap-southeast-2': '036f1de74d761706e',
  'ap-south-1': '03eb8a541f96d356d',
  'ap-northeast-1': '0b63834ecd618a332',
  'ca-central-1': '08564bb8ccae8ba64',
};

/** Services in other regions are given by --service-name. */
const serviceShape = {
  pattern: /^com\.amazonaws\.vpce\.[a-z]+(-[a-z]+)+-[1-9]\.vpce-svc-[0-9a-f]{17}$/,
  what: 'the name of a PrivateLink service',
  example: 'com.amazonaws.vpce.us-east-1.vpce-svc-00e311695874992b4',
};

const dnsQuery = 'VpcEndpoints[0].DnsEntries[0].DnsName';

export const dataFederation = {
  name: 'data-federation',
  noun: 'Data Federation private endpoint',
  version: '2023-01-01',
  path: '/privateNetworkSettings/endpointIds',
  providers: ['AWS', 'AZURE'],
  fields: { id: 'endpointId', status: 'status', region: 'region' },
  statuses: { PENDING: 'pending', OK: 'ready', FAILED: 'failed', DELETING: 'leaving' },
  keys: {
    type: text,
    comment: text,
    customerEndpointDNSName: text,
    customerEndpointIPAddress: text,
    azureLinkId: text,
    privateEndpointHostnames: () => null,
  },
  // The hosts of each instance that are aliases of it.
  extra: {
    key: 'privateEndpointHostnames',
    path: '/dataFederation',
    read: ({ id }, { privateEndpointHostnames: all }) =>
      objects(all).flatMap(({ hostname, privateEndpoint }) =>
        isSameId(String(privateEndpoint), id) ? (text(hostname) ?? []) : [],
      ),
  },
  columns: ['comment'],
  terraform: {
    type: 'mongodbatlas_privatelink_endpoint_service_data_federation_online_archive',
    providers: ['AWS'],
    importId: ({ projectId, id }) => `${projectId}--${id}`,
    attributes: `endpoint_id=endpointId provider_name=provider region=region comment=comment
      customer_endpoint_dns_name=customerEndpointDNSName`,
  },
  roles: { read: 'Project Read Only', change: ['Project Owner'] },
  steps: {
    ready: ({ privateEndpointHostnames: names }) =>
      texts(names).length > 0
        ? undefined
        : { text: 'Atlas adds the host names some minutes later. To see them, use get again then.' },
  },
  create: {
    options: ['endpoint', 'dnsName', 'ip', 'linkId', 'comment', 'serviceName'],
    provider: ({ endpoint = '' }) => providers.find((name) => clouds[name].interfaces.mark?.test(endpoint)),
    body: ({ provider, place, endpoint, dnsName, ip, linkId, comment, serviceName, isSandbox }) => {
      if (serviceName !== undefined) checkId(serviceShape, serviceName);
      if (endpoint === undefined) throw withoutEndpoint(isSandbox, provider, place?.region, serviceName);
      const { shape, inHostName } = clouds[provider].interfaces;
      checkId(shape, endpoint);
      // Without both, Atlas accepts it but gives it no host names, and neither can be added later.
      if (inHostName && !(place && dnsName)) {
        const find = cmd`aws ec2 describe-vpc-endpoints --vpc-endpoint-ids ${endpoint} --query ${dnsQuery} --output text`;
        const hint = { text: 'To find the DNS name:', commands: [find.text] };
        throw new UsageError('--region and --dns-name are required.', isSandbox ? undefined : hint);
      }
      const customer = { customerEndpointDNSName: dnsName, customerEndpointIPAddress: ip };
      const own = { region: place?.atlasRegion, ...customer, azureLinkId: linkId, comment };
      return { endpointId: endpoint, provider, type: 'DATA_LAKE', ...own };
    },
    isSame: ({ id }, { endpointId }) => id.toLowerCase() === String(endpointId).toLowerCase(),
  },
} satisfies Kind;

function withoutEndpoint(isSandbox: boolean, provider: Provider, region = '', given?: string) {
  const what = 'Missing --endpoint, the id of your interface endpoint.';
  if (provider !== 'AWS')
    return new UsageError(
      what,
      'Find the service of your region in the Atlas UI, and create a private endpoint to it.',
    );
  const known = services[region] && `com.amazonaws.vpce.${region}.vpce-svc-${services[region]}`;
  const service = given ?? known;
  if (service === undefined)
    return new UsageError(what, 'Find the service of your region in the Atlas UI, and use it as --service-name.');
  const where = cmd`--region ${service.split('.')[3] ?? ''} --service-name ${service}`;
  const network = cmd`--vpc-id VPC --subnet-ids SUBNET --security-group-ids GROUP`;
  const create = cmd`aws ec2 create-vpc-endpoint --vpc-endpoint-type Interface ${where} ${network}`;
  return new UsageError(what, isSandbox ? undefined : { text: 'To create one:', commands: [create.text] });
}
