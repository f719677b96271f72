import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { node } from '../helpers/run-program.js';
import { hasPython } from './peers.js';
import { serve } from './served.js';
import { installFromNpm, installFromPyPi } from './venv.js';

/** A program that uses the official SDKs. Its environment leads it to the sandbox, and signs it in. */
const program = `
import { NetworkManagementClient } from '@azure/arm-network';
import { DefaultAzureCredential } from '@azure/identity';
const { AZURE_SUBSCRIPTION_ID, AZURE_AUTHORITY_HOST: endpoint, TARGET } = process.env;
// Otherwise it asks Microsoft whether the authority is one.
const credential = new DefaultAzureCredential({ disableInstanceDiscovery: true });
const client = new NetworkManagementClient(credential, AZURE_SUBSCRIPTION_ID, { endpoint });
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
  for await (const { name } of client.privateEndpoints.list(group)) names.push(name);
  return names;
};
say(await list());
await client.privateEndpoints.beginDeleteAndWait(group, 'mine', options);
say(await list());
await client.privateEndpoints.get(group, 'mine').catch(({ code, statusCode }) => say([code, statusCode]));
`;

/** The same with the SDK for Python. */
const pythonProgram = `
import os, time
from azure.core.credentials import AccessToken
from azure.mgmt.network import NetworkManagementClient
class Credential:
    def get_token(self, *scopes, **options): return AccessToken(os.environ['AZURE_ACCESS_TOKEN'], int(time.time()) + 3600)
    def get_token_info(self, *scopes, **options): return self.get_token()
base = os.environ['ATLAS_PE_SANDBOX_TLS_BASE_URL']
client = NetworkManagementClient(Credential(), os.environ['AZURE_SUBSCRIPTION_ID'], base_url=base, credential_scopes=[base])
group = 'atlas-pe-sandbox'
network = client.virtual_networks.get(group, 'default-eastus2')
connection = {'name': 'atlas', 'properties': {'privateLinkServiceId': os.environ['TARGET']}}
made = client.private_endpoints.begin_create_or_update(group, 'mine', {
    'location': 'eastus2',
    'properties': {'subnet': {'id': network.subnets[0].id}, 'manualPrivateLinkServiceConnections': [connection]},
}, polling_interval=0.1).result()
print(made['properties']['provisioningState'])
print([each.name for each in client.private_endpoints.list(group)])
client.private_endpoints.begin_delete(group, 'mine', polling_interval=0.1).result()
print([each.name for each in client.private_endpoints.list_by_subscription()])
`;

/** The same with the Azure CLI, which signs in first. */
const lines = `
tls=$ATLAS_PE_SANDBOX_TLS_BASE_URL group=atlas-pe-sandbox
endpoints="--endpoint-resource-manager $tls --endpoint-management $tls --endpoint-active-directory $tls"
az cloud register -n sandbox $endpoints --endpoint-active-directory-resource-id $tls --endpoint-active-directory-graph-resource-id $tls
az cloud set -n sandbox
az login --service-principal -u $AZURE_CLIENT_ID -p $AZURE_CLIENT_SECRET --tenant $AZURE_TENANT_ID --query [].name
az account show --query [name,id]
az group list --query [].name
pe="az network private-endpoint"
$pe create -g $group -n mine -l eastus2 --vnet-name default-eastus2 --subnet default --manual-request true \
  --connection-name atlas --private-connection-resource-id $TARGET --query provisioningState
$pe show -g $group -n mine --query 'manualPrivateLinkServiceConnections[].privateLinkServiceConnectionState.status'
$pe list --query [].name
$pe delete -g $group -n mine
$pe list --query [].name
`;

const made = 'atlas-pe create eastus2 --provider azure --wait --json';

test('the newest SDK creates, reads, lists and deletes a private endpoint over TLS', async () => {
  await using sandbox = await serve();
  const folder = installFromNpm('@azure/arm-network', '@azure/identity');
  writeFileSync(join(folder, 'program.mjs'), program);
  const target = JSON.parse(await sandbox.output(made)).privateLinkServiceResourceId;
  const run = `export TARGET='${target}' NODE_EXTRA_CA_CERTS="$ATLAS_PE_SANDBOX_TLS_CA_FILE"
"${node}" '${folder}/program.mjs'`;
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

test.skipIf(!hasPython)('so does the newest one for Python (skipped without it)', async () => {
  await using sandbox = await serve();
  const bin = installFromPyPi('azure-mgmt-network');
  writeFileSync(join(bin, 'program.py'), pythonProgram);
  const target = JSON.parse(await sandbox.output(made)).privateLinkServiceResourceId;
  const run = `export TARGET='${target}' REQUESTS_CA_BUNDLE="$ATLAS_PE_SANDBOX_TLS_CA_FILE"
'${bin}/python' '${bin}/program.py'`;
  expect(await sandbox.output(run)).toBe("Succeeded\n['mine']\n[]\n");
});

test.skipIf(!hasPython)('so does the newest Azure CLI, which signs in (skipped without Python)', async () => {
  await using sandbox = await serve();
  const bin = installFromPyPi('azure-cli');
  const target = JSON.parse(await sandbox.output(made)).privateLinkServiceResourceId;
  const before = `export TARGET='${target}' PATH='${bin}':"$PATH" AZURE_CORE_COLLECT_TELEMETRY=no AZURE_CORE_OUTPUT=json`;
  const run = `${before} REQUESTS_CA_BUNDLE="$ATLAS_PE_SANDBOX_TLS_CA_FILE" AZURE_CONFIG_DIR="$PWD/az"\n${lines}`;
  const answers = (await sandbox.output(run)).replaceAll(/\s/g, '');
  const subscription = '00000000-0000-4000-8000-00000000a71a';
  const expected = [
    ['Sandbox'],
    ['Sandbox', subscription],
    ['atlas-pe-sandbox'],
    'Succeeded',
    ['Pending'],
    ['mine'],
    [],
  ];
  expect(answers).toBe(expected.map((each) => JSON.stringify(each)).join(''));
});
