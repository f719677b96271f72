import { expect } from 'vitest';
import type { Provider } from '../../src/clouds/all.js';
import type { WorldOptions } from '../../src/sandbox/world.js';
import { countsInAws } from './aws.js';
import { countsInAzure } from './azure.js';
import { countsInGoogle } from './gcp.js';
import { ownSandbox } from './run-cli.js';
import type { startSandbox } from './sandbox.js';

interface Cloud {
  region: string;
  /** The arguments of `connect` and `create`. */
  place: string;
  clusters: NonNullable<WorldOptions['clusters']>;
  /** How many services, attached interface endpoints, and resources of each kind in the cloud there are. */
  counts(sandbox: Awaited<ReturnType<typeof startSandbox>>, region?: string): Promise<number[]>;
}

/** For each cloud: a region, for which `connect` works, and how to count what is there. */
export const clouds: Readonly<Record<Provider, Cloud>> = {
  AWS: {
    region: 'us-east-1',
    place: 'us-east-1',
    clusters: [{ name: 'Cluster0', regions: [{ provider: 'AWS', atlasRegion: 'US_EAST_1' }] }],
    counts: countsInAws,
  },
  AZURE: {
    region: 'eastus2',
    place: 'eastus2 --provider azure',
    clusters: [{ name: 'Cluster0', regions: [{ provider: 'AZURE', atlasRegion: 'US_EAST_2' }] }],
    counts: countsInAzure,
  },
  GCP: {
    region: 'us-east4',
    place: 'us-east4 --provider gcp',
    clusters: [{ name: 'app', regions: [{ provider: 'GCP', atlasRegion: 'US_EAST_4' }] }],
    counts: countsInGoogle,
  },
};

/** The numbers of these requests, for a fault. */
export const only = (from: number, to = from) => [{ from, to }];

/** What became of each step of connect or disconnect. */
export const results = ({ steps }: { steps: { result: string }[] }) => steps.map(({ result }) => result);

/** One sandbox for each test, with a cluster on this cloud, and the command lines that connect it. */
export function scenario(provider: Provider) {
  const { region, place, clusters, counts } = clouds[provider];
  const own = ownSandbox({ world: { clusters, readyAfter: 1000 } });
  const connect = `connect ${place} --yes`;
  const { json } = own;
  return {
    own,
    connect,
    create: `create ${place} --wait`,
    disconnect: `disconnect ${region} --yes`,
    left: (inRegion?: string) => counts(own.sandbox, inRegion),
    /** There is this number of everything: with 0, nothing is left. */
    leaves: async (number: number, inRegion?: string) => {
      const found = await counts(own.sandbox, inRegion);
      expect(found).toEqual(found.map(() => number));
    },
    json,
    refused: own.refused,
    /** A connection, as connect leaves it. Returns its JSON. */
    connected: own.once(() => json(connect)),
    /** What doctor finds in the cloud, by the id of the check. */
    cloudChecks: async () => {
      const { stdout } = await own.atlas(`doctor ${region} --cloud --no-network --json`);
      const categories: { name: string; checks: { id: string; result: string; detail: string }[] }[] =
        JSON.parse(stdout).categories;
      const checks = categories.flatMap(({ name, checks }) => (name === 'cloud' ? checks : []));
      return Object.fromEntries(checks.map(({ id, result, detail }) => [id, `${result}: ${detail}`]));
    },
  };
}
