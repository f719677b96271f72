import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { node } from '../helpers/run-program.js';
import { serve } from './served.js';
import { installFromNpm } from './venv.js';

/** A program that uses the official SDK, which takes a host and a port. */
const program = `
import compute from '@google-cloud/compute';
import { OAuth2Client } from 'google-auth-library';
const { GOOGLE_CLOUD_PROJECT: project, GOOGLE_OAUTH_ACCESS_TOKEN, ATLAS_PE_SANDBOX_TLS_BASE_URL, TARGET } = process.env;
const authClient = new OAuth2Client();
authClient.setCredentials({ access_token: GOOGLE_OAUTH_ACCESS_TOKEN, expiry_date: Date.now() + 3_600_000 });
const { hostname: apiEndpoint, port } = new URL(ATLAS_PE_SANDBOX_TLS_BASE_URL);
const open = (Client) => new Client({ authClient, projectId: project, apiEndpoint, port: Number(port) });
const [addresses, rules] = [open(compute.AddressesClient), open(compute.ForwardingRulesClient)];
const operations = open(compute.RegionOperationsClient);
const say = (what) => console.log(JSON.stringify(what));

const here = { project, region: 'us-east4' };
const [[subnet]] = await open(compute.SubnetworksClient).list(here);
async function done([{ latestResponse: { name } }]) {
  for (;;) {
    const [{ status, error }] = await operations.wait({ ...here, operation: name });
    if (status === 'DONE') return error ?? null;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
const address = { name: 'mine', addressType: 'INTERNAL', subnetwork: subnet.selfLink, labels: { app: 'web' } };
say([subnet.name, await done(await addresses.insert({ ...here, addressResource: address }))]);
const [reserved] = await addresses.get({ ...here, address: 'mine' });
const rule = { name: 'mine', target: TARGET, network: subnet.network, IPAddress: reserved.selfLink };
say([reserved.status, reserved.labels, await done(await rules.insert({ ...here, forwardingRuleResource: rule }))]);
const [read] = await rules.get({ ...here, forwardingRule: 'mine' });
await done(await addresses.insert({ ...here, addressResource: { ...address, name: 'other' } }));
const named = [];
for await (const { name } of addresses.listAsync({ ...here, maxResults: 1 })) named.push(name);
say(named.sort());
await done(await addresses.delete({ ...here, address: 'other' }));
say([read.IPAddress === reserved.address, read.pscConnectionStatus, (await rules.list(here))[0].length]);
say([await done(await rules.delete({ ...here, forwardingRule: 'mine' })), await done(await addresses.delete({ ...here, address: 'mine' }))]);
await addresses.get({ ...here, address: 'mine' }).catch(({ code }) => say([code]));
`;

test('the newest SDK of Google connects to a service attachment and back, over TLS', async () => {
  await using sandbox = await serve();
  const folder = installFromNpm('@google-cloud/compute', 'google-auth-library');
  writeFileSync(join(folder, 'program.mjs'), program);
  const made = await sandbox.output('atlas-pe create us-east4 --provider gcp --wait --json');
  const run = `export TARGET='${JSON.parse(made).serviceAttachmentNames[0]}' NODE_EXTRA_CA_CERTS="$ATLAS_PE_SANDBOX_TLS_CA_FILE"
"${node}" '${folder}/program.mjs'`;
  const lines = (await sandbox.output(run)).trim().split('\n');
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    ['default', null],
    ['RESERVED', { app: 'web' }, null],
    // Page by page.
    ['mine', 'other'],
    [true, null, 1],
    [null, null],
    // gRPC's NOT_FOUND.
    [5],
  ]);
});
