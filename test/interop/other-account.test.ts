import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'vitest';
import { hasPeers, hasTerraform, withAtlasProvider } from './peers.js';
import { serve, unanswered } from './served.js';

/* What belongs to another account must not get to the sandbox. All of it has this word in it. */
const others = 'SOMEBODYS';

const names = [
  ...['ACCESS_TOKEN', 'CLIENT_ID', 'CLIENT_SECRET', 'PUBLIC_KEY', 'PRIVATE_KEY'].map((name) => `ATLAS_PE_${name}`),
  ...['ACCESS_TOKEN', 'REFRESH_TOKEN', 'CLIENT_ID', 'CLIENT_SECRET'].map((name) => `MONGODB_ATLAS_${name}`),
  ...['PUBLIC_API_KEY', 'PRIVATE_API_KEY', 'PUBLIC_KEY', 'PRIVATE_KEY'].map((name) => `MONGODB_ATLAS_${name}`),
  ...['PROJECT_ID', 'ORG_ID', 'PROFILE', 'SERVICE', 'AUTH_TYPE'].map((name) => `MONGODB_ATLAS_${name}`),
  ...['PUBLIC_API_KEY', 'PRIVATE_API_KEY', 'PROJECT_ID', 'ORG_ID'].map((name) => `MCLI_${name}`),
  'ATLAS_PE_PROFILE',
  'ATLAS_PE_PROJECT',
  'ASSUME_ROLE_ARN',
  'TF_VAR_ASSUME_ROLE_ARN',
  'SECRET_NAME',
];
const hosts = [
  'ATLAS_PE_BASE_URL',
  'MONGODB_ATLAS_BASE_URL',
  'MONGODB_ATLAS_OPS_MANAGER_URL',
  'MCLI_OPS_MANAGER_URL',
];

/** The Atlas CLI's profiles: signed in as a user, by a service account, by a key. */
const profiles = `[default]
  access_token = '${others}'
  refresh_token = '${others}'
  auth_type = 'user_account'
  org_id = '${others}'
  project_id = '${others}'
[${others}]
  client_id = '${others}'
  client_secret = '${others}'
  auth_type = 'service_account'
[key]
  public_api_key = '${others}'
  private_api_key = '${others}'
`;

const variables = (values: readonly string[], value: string) =>
  values.map((name) => `export ${name}=${value}`).join('\n');

/** By what was set before: everything at once, and the profiles alone. */
const accounts = [
  ['variables', `${variables(names, others)}\n${variables(hosts, 'https://127.0.0.1:1/')}`],
  ['profiles', 'export ATLAS_PE_PROFILE=sandbox MONGODB_ATLAS_PROFILE=default'],
  ['a profile that is in use', 'export MONGODB_ATLAS_PROFILE=key'],
] as const;

const clients = [
  ['atlas-pe', true, 'atlas-pe list --json && atlas-pe whoami --json'],
  ['the Atlas CLI', hasPeers, 'atlas privateEndpoints aws list && atlas projects list'],
  ['Terraform', hasTerraform, 'terraform init && terraform plan'],
] as const;

describe.skipIf(!hasPeers)(
  'of another account nothing reaches the sandbox (skipped without the clients)',
  { concurrent: true },
  () => {
    test.for(
      accounts.flatMap((account) => clients.map((client) => [client[0], account[0], client, account] as const)),
    )('by %s, with %s', async ([, , [, isThere, lines], [, before]], { expect, skip }) => {
      skip(!isThere, 'terraform is missing');
      await using sandbox = await serve();
      for (const folder of ['.config/atlascli', '.config/atlas-pe'])
        mkdirSync(join(sandbox.folder, folder), { recursive: true });
      writeFileSync(join(sandbox.folder, '.config/atlascli/config.toml'), profiles, { mode: 0o600 });
      writeFileSync(
        join(sandbox.folder, 'main.tf'),
        `${withAtlasProvider}data "mongodbatlas_advanced_cluster" "app" {
  project_id = "64f0c2a7e1b2c3d4e5f60718"
  name       = "Cluster0"
}
`,
      );
      await sandbox.output('atlas-pe profile use sandbox', 'export ATLAS_PE_PROFILE=default');
      await sandbox.output(lines, before);
      expect(sandbox.received.filter(({ status }) => status === 200)).not.toEqual([]);
      expect(sandbox.received.filter((each) => JSON.stringify(each).includes(others))).toEqual([]);
      // Sent as Basic, a secret isn't seen in plain.
      const signIns = sandbox.received.map(({ headers }) => JSON.parse(headers).authorization ?? 'none');
      expect(signIns.filter((each) => !/^(none|Digest username="sandbox1",)/.test(each))).toEqual([]);
      expect(unanswered(sandbox)).toEqual([]);
    });
  },
);
