import { beforeEach, expect } from 'vitest';
import type { GcpSetup } from '../../src/sandbox/gcp/account.js';
import { defaultProject, type WorldOptions } from '../../src/sandbox/world.js';
import { ownSandbox } from './own-sandbox.js';
import type { startSandbox } from './sandbox.js';

type Sandbox = Awaited<ReturnType<typeof startSandbox>>;

/** A cluster on GCP, for which `connect us-east4` works. */
export const gcpClusters = [{ name: 'app', regions: [{ provider: 'GCP', atlasRegion: 'US_EAST_4' } as const] }];

/** What Google has now, as it describes it. */
async function inGoogle({ store, clock }: Pick<Sandbox, 'store' | 'clock'>) {
  const gcp = (await store.read()).clouds.GCP;
  const now = clock.now();
  const all = (kind: string) =>
    gcp.resources
      .filter(({ path, goneAt }) => path.includes(`/${kind}/`) && now < (goneAt ?? Number.POSITIVE_INFINITY))
      .map(({ path, body }): Record<string, unknown> => ({ ...body, path }));
  return { rules: all('forwardingRules'), addresses: all('addresses') };
}

/** How many services, attached interface endpoints, forwarding rules and addresses there are. */
export async function gcpCounts(sandbox: Pick<Sandbox, 'store' | 'clock' | 'ask'>): Promise<number[]> {
  const url = `/api/atlas/v2/groups/${defaultProject}/privateEndpoint/GCP/endpointService`;
  const services: { status: string; endpointGroupNames: string[] }[] = (await sandbox.ask(url)).body;
  const staying = services.filter(({ status }) => status !== 'DELETING');
  const { rules, addresses } = await inGoogle(sandbox);
  return [staying.length, services.flatMap((each) => each.endpointGroupNames).length, rules.length, addresses.length];
}

/** One sandbox for each test of a file, with a cluster on GCP. */
export function ownGcp() {
  const own = ownSandbox();
  const restart = (gcp: GcpSetup = {}, more: Partial<WorldOptions> = {}) =>
    own.restart({ clusters: gcpClusters, gcp, ...more });
  beforeEach(() => restart());
  return {
    own,
    restart,
    there: () => inGoogle(own.sandbox),
    left: () => gcpCounts(own.sandbox),
    /** Runs a command, which must succeed. Returns its JSON. */
    json: async (line: string) => {
      const { exitCode, stdout, stderr } = await own.atlas(`${line} --json`);
      expect(exitCode, stderr).toBe(0);
      return JSON.parse(stdout);
    },
    /** Sends a change to Google, as another program does. `path`: below the region. */
    google: async (method: string, path: string, body?: object, project = 'atlas-pe-sandbox') => {
      const url = `${own.sandbox.baseUrl}/gcp/compute/v1/projects/${project}/regions/us-east4/${path}`;
      const content = body === undefined ? {} : { body: JSON.stringify(body) };
      const answer = await fetch(url, { method, headers: { authorization: 'Bearer sandbox' }, ...content });
      expect(answer.status, await answer.text()).toBe(200);
      own.sandbox.clock.advance(5000);
    },
  };
}
