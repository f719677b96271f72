import type { Provider } from '../clouds/all.js';
import { digits } from './chance.js';
import { type AnswerBody, sandboxClouds } from './clouds/all.js';
import { checkBody } from './frontend.js';
import type { KindName, OtherEndpoint } from './world.js';

/* The private endpoints that are not of clusters. They share nothing with the client, so that tests compare the two. */

interface SandboxKind {
  path: string;
  versions?: string[];
  idKey: string;
  statusKey: string;
  /** The answer to a create: its status, and whether its body is the whole list, the new item, or the request. */
  created: readonly [status: number, body: 'list' | 'item' | 'request'];
  removed: readonly [status: number, body: unknown];
  /** The statuses before the end, each for an equal time; the end; and those of a deletion. */
  onTheWay: readonly string[];
  ready: string;
  leaving: readonly string[];
  /** The status until the user has approved the connection, if this cloud needs that. */
  approval?: Partial<Record<Provider, string>>;
  /** Checks the body of a create and returns what to keep. Throws a Refusal. */
  read(body: AnswerBody, provider: Provider): AnswerBody;
  /** The fields that Atlas adds. `isReady`: both ends exist. */
  adds?(endpoint: OtherEndpoint, isReady: boolean): AnswerBody;
  /** A project has only one endpoint with the same value of this field. Default: the id. */
  unique?: string;
  /** The field that a create of an existing endpoint changes. Without it, such a create is refused. */
  changes?: string;
  /** Checks the body of a PATCH. Without it, there is none. */
  checkChange?(body: AnswerBody, endpoint: OtherEndpoint, status: string | null): void;
}

/** The vendors whose streams have a DNS domain that can be set after the create. */
const vendorsWithDomain: Partial<Record<Provider, readonly string[]>> = { AWS: ['CONFLUENT'] };

const isText = (value: unknown) => typeof value === 'string' && value !== '';
const region = (value: unknown): [boolean, string] => [
  value === undefined || /^[A-Z]+(_[A-Z0-9]+)*$/.test(String(value)),
  'must be a region in the spelling of Atlas',
];

const madeByAtlas = {
  idKey: 'id',
  statusKey: 'status',
  removed: [204, ''],
  onTheWay: ['INITIATING'],
  ready: 'ACTIVE',
  leaving: ['DELETING'],
  unique: 'regionName',
  read: ({ regionName = null, vpcRegionName }: AnswerBody, cloudProvider: Provider) => {
    checkBody({ regionName: region(regionName), vpcRegionName: region(vpcRegionName) });
    return { cloudProvider, regionName, vpcRegionName };
  },
  adds: ({ id, provider }: OtherEndpoint, isReady: boolean) => {
    return { privateEndpointConnectionName: isReady ? sandboxClouds[provider].ownEndpoint?.(id) : null };
  },
} as const;

export const sandboxKinds: Readonly<Record<KindName, SandboxKind>> = {
  dataFederation: {
    path: '/privateNetworkSettings/endpointIds',
    idKey: 'endpointId',
    statusKey: 'status',
    created: [201, 'list'],
    removed: [204, ''],
    onTheWay: ['PENDING'],
    ready: 'OK',
    leaving: ['DELETING'],
    changes: 'comment',
    read: (body) => {
      const { endpointId, provider = 'AWS', type = 'DATA_LAKE' } = body;
      const cloud = (['AWS', 'AZURE'] as const).find((each) => each === provider);
      const shape = cloud && sandboxClouds[cloud].interfaces.idShape;
      const isWhole =
        isText(body.customerEndpointIPAddress) || isText(body.region) === isText(body.customerEndpointDNSName);
      checkBody({
        endpointId: [shape?.test(String(endpointId)) ?? true, 'must be the id of an interface endpoint'],
        provider: [cloud !== undefined, 'must be AWS or AZURE'],
        region: region(body.region),
        customerEndpointDNSName: [isWhole, 'must be set together with region'],
      });
      return { ...body, provider, type };
    },
  },
  encryption: {
    ...madeByAtlas,
    path: '/encryptionAtRest/{provider}/privateEndpoints',
    created: [202, 'item'],
    approval: { AZURE: 'PENDING_ACCEPTANCE' },
  },
  backup: {
    ...madeByAtlas,
    path: '/backup/{provider}/privateEndpoints',
    versions: ['2024-11-13'],
    created: [201, 'item'],
  },
  stream: {
    path: '/streams/privateLinkConnections',
    versions: ['2023-02-01'],
    idKey: '_id',
    statusKey: 'state',
    created: [200, 'request'],
    removed: [202, {}],
    onTheWay: ['IDLE', 'WORKING'],
    ready: 'DONE',
    leaving: ['DELETE_REQUESTED', 'DELETING'],
    read: (body) => {
      checkBody({ provider: [/^(aws|azure|gcp)$/i.test(String(body.provider)), 'must be AWS, AZURE or GCP'] });
      return body;
    },
    checkChange: ({ dnsDomain }, { provider, body }, status) => {
      const isOfVendor = vendorsWithDomain[provider]?.includes(String(body.vendor)) ?? false;
      const isOpen = isOfVendor && (!body.dnsDomain || status === 'IDLE');
      checkBody({ dnsDomain: [isText(dnsDomain) && isOpen, 'can be set once, for CONFLUENT on AWS'] });
    },
    adds: ({ id, provider, body }, isReady) => ({
      provider,
      vendor: body.vendor ?? 'GENERIC',
      interfaceEndpointId: isReady ? `vpce-${digits(id, 17)}` : null,
    }),
  },
};
