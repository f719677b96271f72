import { beforeEach, expect } from 'vitest';
import { environmentOf } from '../../src/commands/sandbox/environment.js';
import type { AnswerBody } from '../../src/sandbox/clouds/cloud.js';
import type { GcpSetup } from '../../src/sandbox/gcp/setup.js';
import type { WorldOptions } from '../../src/sandbox/world.js';
import { ownSandbox } from './own-sandbox.js';

/** A cluster on GCP, for which `connect us-east4` works. */
const clusters = [{ name: 'app', regions: [{ provider: 'GCP', atlasRegion: 'US_EAST_4' } as const] }];

/** One sandbox for each test of a file, with a cluster on GCP, and the variables that lead to its Google Cloud. */
export function ownGcp() {
  const own = ownSandbox();
  const restart = async (gcp: GcpSetup = {}, more: Partial<WorldOptions> = {}) => {
    await own.restart({ clusters, gcp, ...more });
    for (const { values } of environmentOf(own.sandbox.baseUrl, '', null)) {
      for (const [name, value] of Object.entries(values)) {
        if (/^(?:CLOUDSDK|GOOGLE)_/.test(name) && value !== null) own.sandbox.env[name] = value;
      }
    }
  };
  beforeEach(() => restart());
  /** What Google has now, as it describes it. */
  const there = async () => {
    const { gcp } = await own.sandbox.store.read();
    const now = own.sandbox.clock.now();
    const all = (kind: string) =>
      gcp.resources
        .filter(({ path, goneAt }) => path.includes(`/${kind}/`) && now < (goneAt ?? Number.POSITIVE_INFINITY))
        .map(({ path, body }): AnswerBody & { path: string } => ({ ...body, path }));
    return { rules: all('forwardingRules'), addresses: all('addresses') };
  };
  return {
    own,
    restart,
    there,
    /** How many services, attached interface endpoints, forwarding rules and addresses there are. */
    left: async () => {
      const { stdout } = await own.atlas('list --json');
      const services: { status: string; interfaceEndpoints: string[] }[] = JSON.parse(stdout);
      const { rules, addresses } = await there();
      const staying = services.filter(({ status }) => status !== 'DELETING');
      return [
        staying.length,
        services.flatMap((each) => each.interfaceEndpoints).length,
        rules.length,
        addresses.length,
      ];
    },
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
