import { expect, test } from 'vitest';
import { node } from '../helpers/run-program.js';
import { serve } from './served.js';

/** A program that uses the official SDK. Its environment leads it to the sandbox. */
const program = `
const { NetworkManagementClient } = await import(process.argv[1]);
const { AZURE_SUBSCRIPTION_ID, AZURE_ACCESS_TOKEN, ATLAS_PE_SANDBOX_TLS_BASE_URL, TARGET } = process.env;
const credential = { getToken: async () => ({ token: AZURE_ACCESS_TOKEN, expiresOnTimestamp: Date.now() + 3_600_000 }) };
const client = new NetworkManagementClient(credential, AZURE_SUBSCRIPTION_ID, {
  endpoint: ATLAS_PE_SANDBOX_TLS_BASE_URL + '/azure',
});
const say = (what) => console.log(JSON.stringify(what));
const networks = [];
for await (const each of client.virtualNetworks.listAll()) networks.push(each);
const network = networks.find(({ location }) => location === 'eastus2');
say([networks.length > 50, network.subnets[0].name]);

const group = 'atlas-pe-sandbox';
const connection = { name: 'atlas', privateLinkServiceId: TARGET, requestMessage: 'MongoDB Atlas' };
const options = { updateIntervalInMs: 100 };
const created = await client.privateEndpoints.beginCreateOrUpdateAndWait(group, 'mine', {
  location: 'eastus2',
  tags: { app: 'web' },
  subnet: { id: network.subnets[0].id },
  manualPrivateLinkServiceConnections: [connection],
}, options);
const { manualPrivateLinkServiceConnections: [made] } = created;
say([created.provisioningState, made.privateLinkServiceConnectionState.status, created.tags]);
const nic = await client.networkInterfaces.get(group, created.networkInterfaces[0].id.split('/').at(-1));
say([nic.ipConfigurations[0].privateIPAddress, (await client.privateEndpoints.get(group, 'MINE')).name]);
const list = async () => {
  const names = [];
  for await (const { name } of client.privateEndpoints.listBySubscription()) names.push(name);
  return names;
};
say(await list());
await client.privateEndpoints.beginDeleteAndWait(group, 'mine', options);
say(await list());
await client.privateEndpoints.get(group, 'mine').catch(({ code, statusCode }) => say([code, statusCode]));
`;

test('the official SDK creates, reads, lists and deletes a private endpoint over TLS', async () => {
  await using sandbox = await serve('--mongo-ports');
  const module = import.meta.resolve('@azure/arm-network');
  const made = 'atlas-pe create eastus2 --provider azure --wait --json';
  const target = JSON.parse(await sandbox.output(made)).privateLinkServiceResourceId;
  const run = `export TARGET='${target}' NODE_EXTRA_CA_CERTS="$ATLAS_PE_SANDBOX_TLS_CA_FILE"
"${node}" --input-type=module -e '${program.replaceAll("'", `'\\''`)}' '${module}'`;
  const lines = (await sandbox.output(run)).trim().split('\n');
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    [true, 'default'],
    ['Succeeded', 'Pending', { app: 'web' }],
    ['10.0.0.4', 'mine'],
    ['mine'],
    [],
    ['ResourceNotFound', 404],
  ]);
});
