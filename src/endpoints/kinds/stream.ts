import { UsageError } from '../../base/errors.js';
import { text, texts } from '../../base/json.js';
import { providers } from '../../clouds/all.js';
import type { Kind } from './kind.js';

/** What an endpoint connects to. Two to the same are a mistake. */
const target = {
  arn: text,
  serviceEndpointId: text,
  dnsDomain: text,
  azureResourceIds: texts,
  gcpServiceAttachmentUris: texts,
};

export const stream = {
  name: 'stream',
  noun: 'Stream Processing private endpoint',
  version: '2023-02-01',
  path: '/streams/privateLinkConnections',
  providers,
  fields: { id: '_id', status: 'state', region: 'region' },
  statuses: {
    IDLE: 'pending',
    WORKING: 'pending',
    DONE: 'ready',
    FAILED: 'failed',
    DELETE_REQUESTED: 'leaving',
    DELETING: 'leaving',
  },
  keys: {
    ...target,
    vendor: text,
    dnsSubDomain: texts,
    authenticationScheme: text,
    gcpConnectionIds: texts,
    interfaceEndpointId: text,
    interfaceEndpointName: text,
    providerAccountId: text,
  },
  columns: ['vendor'],
  terraform: {
    type: 'mongodbatlas_stream_privatelink_endpoint',
    importId: ({ projectId, id }) => `${projectId}-${id}`,
    attributes: `provider_name=provider vendor=vendor region=region arn=arn service_endpoint_id=serviceEndpointId
      dns_domain=dnsDomain dns_sub_domain=dnsSubDomain service_attachment_uris=gcpServiceAttachmentUris`,
  },
  usual: ({ vendor }) => (vendor === 'MSK' ? '30m–35m' : undefined),
  roles: {
    read: 'Project Read Only',
    change: [
      'Project Owner',
      'Project Stream Processing Owner',
      'Project Stream Processing Manager',
      'Organization Stream Processing Admin',
    ],
  },
  steps: {},
  create: {
    options: ['file'],
    provider: ({ content }) => providers.find((name) => name === text(content.provider)?.toUpperCase()),
    body: ({ provider, place, file, content }) => {
      if (file === undefined)
        throw new UsageError('Missing --file.', 'It has the request, as for atlas streams privateLinks create.');
      return { ...content, provider, ...(place && { region: place.atlasRegion }) };
    },
    isSame: (endpoint, body) =>
      endpoint.provider === body.provider &&
      ['vendor', ...Object.keys(target)].every((key) => String(endpoint[key] ?? '') === String(body[key] ?? '')),
  },
} satisfies Kind;
