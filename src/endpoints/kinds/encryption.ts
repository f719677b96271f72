import { UsageError } from '../../base/errors.js';
import { text } from '../../base/json.js';
import { cmd } from '../../base/shell.js';
import { type Kind, madeByAtlas } from './kind.js';

export const encryption = {
  ...madeByAtlas,
  name: 'encryption',
  noun: 'encryption private endpoint',
  version: '2023-01-01',
  path: '/encryptionAtRest/{provider}/privateEndpoints',
  providers: ['AWS', 'AZURE'],
  usual: ({ status }) => (status === 'PENDING_ACCEPTANCE' ? 'some minutes after your approval' : undefined),
  steps: {
    needsUser: ({ privateEndpointConnectionName: name }) => ({
      text: 'Approve its connection at your Key Vault. Atlas notices that some minutes later. Fill in VAULT and its resource GROUP:',
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
