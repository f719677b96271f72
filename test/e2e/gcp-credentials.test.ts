import { createServer } from 'node:http';
import { expect, test } from 'vitest';
import { testServer } from '../helpers/listen.js';
import { json } from '../helpers/run-cli.js';
import { runProgram } from '../helpers/run-program.js';
import { scenario } from '../helpers/scenario.js';

/* Where the built program gets Google credentials from. The sandbox accepts only the token `sandbox`. */

const { own } = scenario('GCP');

test("a machine of Google gets a token from Google's metadata server", async () => {
  const asked: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url);
    response.setHeader('metadata-flavor', 'Google');
    json(response, 200, { access_token: 'sandbox', token_type: 'Bearer', expires_in: 3600 });
  });
  const { GOOGLE_OAUTH_ACCESS_TOKEN, ...env } = own.sandbox.env;
  const machine = { ...env, GCE_METADATA_HOST: `127.0.0.1:${await testServer(server)}` };
  const plan = ['connect', 'us-east4', '--provider', 'gcp', '--dry-run', '--json'];
  const { stdout, stderr } = await runProgram(plan, machine);
  expect(stderr).toBe('');
  expect(JSON.parse(stdout)).toMatchObject({ cloud: { network: 'default' }, notes: [] });
  expect(asked[0]).toMatch(/^\/computeMetadata\/v1\/instance\/service-accounts\/default\/token/);
});
