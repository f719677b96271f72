import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'vitest';
import { temporaryFolder } from '../helpers/temporary-folder.js';
import { hasPeers, hasTerraform, withAtlasProvider } from './peers.js';
import { serve } from './served.js';

/* The table of docs/comparison.md: what each tool does in the same case. */

/** How long a tool has, in seconds, and the exit code of one that doesn't end. */
const [deadline, stopped] = [20, 124];

const projectId = '64f0c2a7e1b2c3d4e5f60718';
const configuration = `${withAtlasProvider}resource "mongodbatlas_privatelink_endpoint" "aws" {
  project_id    = "${projectId}"
  provider_name = "AWS"
  region        = "US_EAST_1"
  timeouts { create = "10s" }
}
`;
const api = 'atlas api privateEndpointServices createPrivateEndpointService';

/** What each tool runs, and whether it is there. */
const tools = {
  'atlas-pe': [true, 'atlas-pe create --region us-east-1 --timeout 10s --json'],
  watch: [
    hasPeers,
    `atlas privateEndpoints aws create --region us-east-1 -o json > created.json
    timeout ${deadline} atlas privateEndpoints aws watch $(jq -r .id created.json)`,
  ],
  'api --watch': [
    hasPeers,
    `printf '{"providerName":"AWS","region":"US_EAST_1"}' |
    timeout ${deadline} ${api} --groupId ${projectId} --watch $WATCH_TIMEOUT`,
  ],
  terraform: [hasTerraform, 'terraform init -no-color > init.log\nterraform apply -no-color -auto-approve'],
} as const;

interface Case {
  options?: readonly string[];
  /** A line of a faults file. */
  fault?: string;
  /** For `api --watch`. */
  watchTimeout?: string;
  /** The exit code of each tool, what it says, and how many endpoints there are afterwards (1). */
  expected: Record<keyof typeof tools, readonly [code: number, said?: string, endpoints?: number]>;
}

const waiting = ['--ready-status', 'WAITING_FOR_USER'];
const reason = 'No capacity';

const cases: Record<string, Case> = {
  'the endpoint becomes AVAILABLE': {
    expected: { 'atlas-pe': [0], watch: [0], 'api --watch': [stopped], terraform: [0] },
  },
  'the endpoint becomes WAITING_FOR_USER': {
    options: waiting,
    expected: { 'atlas-pe': [0], watch: [stopped], 'api --watch': [0], terraform: [0] },
  },
  'the endpoint becomes FAILED': {
    fault: `{ method: POST, path: /endpointService, endpoint: { failed: ${reason} } }`,
    expected: { 'atlas-pe': [6, reason], watch: [0], 'api --watch': [0], terraform: [1, reason] },
  },
  'one 502 response during the wait': {
    options: waiting,
    fault: '{ method: GET, path: /endpointService/*, nth: 1, status: 502 }',
    expected: { 'atlas-pe': [0], watch: [1, 'HTTP 502'], 'api --watch': [0], terraform: [1, 'HTTP 502'] },
  },
  'one lost connection during the wait': {
    options: waiting,
    fault: '{ method: GET, path: /endpointService/*, nth: 1, drop: before }',
    expected: { 'atlas-pe': [0], watch: [1, 'EOF'], 'api --watch': [1, 'EOF'], terraform: [1, 'EOF'] },
  },
  'the timeout passes': {
    fault: '{ method: POST, path: /endpointService, endpoint: never-ready }',
    watchTimeout: '--watchTimeout 10',
    expected: {
      'atlas-pe': [8],
      watch: [stopped],
      'api --watch': [1, 'timed out after 10ns'],
      terraform: [1, 'delete_on_create_timeout is true', 0],
    },
  },
  'the response to the create is lost': {
    fault: '{ method: POST, path: /endpointService, nth: 1, drop: after }',
    expected: { 'atlas-pe': [0], watch: [1, 'EOF'], 'api --watch': [1, 'EOF'], terraform: [1, 'EOF'] },
  },
};

const runs = Object.entries(cases).flatMap(([name, each]) =>
  (Object.keys(tools) as (keyof typeof tools)[]).map((tool) => ({ name, tool, ...each })),
);

describe.skipIf(!hasPeers)('docs/comparison.md (skipped without the other tools)', { concurrent: true }, () => {
  test.for(runs)(
    '$name: $tool',
    async ({ tool, options = [], fault = '', watchTimeout = '', expected }, { expect, skip }) => {
      const [isThere, line] = tools[tool];
      skip(!isThere, 'terraform is missing');
      const faults = join(temporaryFolder(), 'faults.yaml');
      writeFileSync(faults, `faults: [${fault}]`);
      await using sandbox = await serve('--faults', faults, ...options);
      writeFileSync(join(sandbox.folder, 'main.tf'), configuration);

      const { code, stdout, stderr } = await sandbox.run(line, `WATCH_TIMEOUT='${watchTimeout}'`);
      const [exitCode, said = '', endpoints = 1] = expected[tool];
      expect([code, stdout + stderr]).toEqual([exitCode, expect.stringContaining(said)]);
      const list = () => sandbox.output('atlas-pe list --json');
      await expect.poll(async () => JSON.parse(await list()).length, { timeout: 60_000 }).toBe(endpoints);
      // One that has no answer isn't counted, so none is sent a second time.
      const creates = sandbox.received.filter((each) => each.line.startsWith('POST') && each.status !== 401);
      expect(creates).toHaveLength(fault.includes('after') ? 0 : 1);
    },
  );
});
