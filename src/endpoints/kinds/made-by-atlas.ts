import { UsageError } from '../../base/errors.js';
import { text } from '../../base/json.js';
import { cmd } from '../../base/shell.js';
import type { Kind } from './kind.js';

/** What the kinds have in common whose both ends Atlas creates. */
const madeByAtlas = {
  fields: { id: 'id', status: 'status', region: 'regionName' },
  statuses: {
    // Atlas makes it again, after a rejection or a loss.
    PENDING_RECREATION: 'pending',
    INITIATING: 'pending',
    PENDING_ACCEPTANCE: 'needsUser',
    ACTIVE: 'ready',
    FAILED: 'failed',
    DELETING: 'leaving',
  },
  keys: { privateEndpointConnectionName: text },
  columns: [],
  roles: { read: 'Project Owner', change: ['Project Owner'] },
} as const;

export const encryption = {
  ...madeByAtlas,
  name: 'encryption',
  noun: 'encryption private endpoint',
  version: '2023-01-01',
  path: '/encryptionAtRest/{provider}/privateEndpoints',
  providers: ['AWS', 'AZURE'],
  terraform: {
    type: 'mongodbatlas_encryption_at_rest_private_endpoint',
    importId: ({ projectId, provider, id }) => [projectId, provider, id].join('-'),
    attributes: 'cloud_provider=cloudProvider region_name=regionName',
  },
  usual: ({ status }) => (status === 'PENDING_ACCEPTANCE' ? 'some minutes after your approval' : undefined),
  steps: {
    needsUser: ({ privateEndpointConnectionName: name }) => ({
      text:
        'Approve its connection at your Key Vault. Atlas notices that some minutes ' +
        'later. Fill in VAULT and its resource GROUP:',
      command: cmd`az keyvault private-endpoint-connection approve --vault-name VAULT --resource-group GROUP --name ${text(name) ?? 'CONNECTION'}`,
    }),
  },
  create: {
    options: [],
    body: ({ place }) => {
      if (!place) throw new UsageError('Missing region.', 'Use the region of the clusters that it is for.');
      return { regionName: place.atlasRegion };
    },
    // Each cloud has a list of its own.
    isSame: ({ atlasRegion }, { regionName }) => atlasRegion === regionName,
  },
} satisfies Kind;

export const backup = {
  ...madeByAtlas,
  name: 'backup',
  noun: 'backup private endpoint',
  version: '2024-11-13',
  path: '/backup/{provider}/privateEndpoints',
  providers: ['AWS'],
  keys: { ...madeByAtlas.keys, vpcRegionName: text },
  steps: { ready: () => ({ text: 'Now set requirePrivateNetworking of the export bucket to true.' }) },
  create: {
    options: ['vpcRegion'],
    body: ({ provider, place, vpcRegion, readRegion }) => {
      if (!place) throw new UsageError('Missing region.', 'Use the region of the export bucket.');
      const from = vpcRegion === undefined ? {} : { vpcRegionName: readRegion(vpcRegion).atlasRegion };
      return { cloudProvider: provider, regionName: place.atlasRegion, ...from };
    },
    isSame: ({ atlasRegion, vpcRegionName }, body) =>
      atlasRegion === body.regionName && (vpcRegionName ?? atlasRegion) === (body.vpcRegionName ?? atlasRegion),
  },
} satisfies Kind;
