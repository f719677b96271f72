import { beforeEach, describe, expect, test } from 'vitest';
import type { ClusterSpec } from '../../src/sandbox/world.js';
import { attachForeign, countsInAws } from '../helpers/aws.js';
import { countsInAzure } from '../helpers/azure.js';
import { overlapping } from '../helpers/fake-clock.js';
import { ownSandbox, type Run } from '../helpers/run-cli.js';
import { only, results } from '../helpers/scenario.js';
import { closed } from '../helpers/schema.js';
import { interruptedAt, isWholeSweep, requestsOf } from '../helpers/sweep.js';

const [east, west, azure] = [
  { provider: 'AWS', atlasRegion: 'US_EAST_1' },
  { provider: 'AWS', atlasRegion: 'EU_WEST_1' },
  { provider: 'AZURE', atlasRegion: 'US_EAST_2' },
] as const;
const app: ClusterSpec = { name: 'app', regions: [east, west, azure] };
const own = ownSandbox({ world: { clusters: [app], readyAfter: 1000 } });
const { json, refused } = own;

const places = ['us-east-1', 'eu-west-1', 'eastus2 --provider azure'];
const line = 'disconnect --cluster app';
const connectEach = async (...some: string[]) => {
  for (const place of some) await json(`connect ${place} --yes`);
  // Until Atlas has updated the clusters.
  own.sandbox.clock.advance(120_000);
};
const connected = own.once(() => connectEach(...places));

interface Region {
  region: string;
  steps: { result: string }[];
  error: { exitCode: number; message: string } | null;
  cloud: { left: string[]; deleted: string[] };
}
const regionsOf = ({ regions }: { regions: Region[] }) => regions.map(({ region }) => region);
const services = async () =>
  ((await json('list')) as { id: string; region: string }[]).map(({ region }) => region).toSorted();
const idIn = async (region: string): Promise<string> => (await json(`get ${region}`)).id;
/** The number of each thing in both regions of AWS and in Azure. The number of services is that of the project. */
const left = async () =>
  Promise.all([countsInAws(own.sandbox), countsInAws(own.sandbox, 'eu-west-1'), countsInAzure(own.sandbox)]);
const leavesNothing = async () => {
  own.sandbox.clock.advance(60_000);
  expect((await left()).flat()).toEqual(Array(11).fill(0));
};
const hinted = (stderr: string) => /atlas-pe (disconnect .*)/.exec(stderr)?.[1] ?? '';

describe('a cluster in two regions of one cloud and one of another', () => {
  test('is disconnected in all of them at the same time', async () => {
    await connected();
    await own.change({ readyAfter: 5000 });
    const clock = overlapping(own.sandbox.clock);
    const started = clock.monotonic();
    const { stdout, stderr } = await own.succeeds(`${line} --yes`, { clock });
    const took = clock.monotonic() - started;
    expect(stdout).toMatch(
      /^(us-east-1\tremoved\t(Attachment|VPC endpoint|Atlas service|Security group)\t\S+\n){4}(eu-west-1\tremoved\t.+\n){4}(eastus2\tremoved\t.+\n){3}$/,
    );
    // In a pipe, each line of the progress begins with its region.
    const detached = /^(AWS us-east-1|AWS eu-west-1|Azure eastus2): Attachment: \S+, removed after/gm;
    expect(stderr.match(detached)).toHaveLength(3);
    expect(stderr.match(/Applications that use it can no longer connect\./g)).toHaveLength(1);
    await leavesNothing();
    await connected();
    await own.change({ readyAfter: 5000 });
    const before = clock.monotonic();
    await json('disconnect us-east-1 --yes --allow-outage');
    expect(took).toBeLessThan(1.6 * (clock.monotonic() - before));
  });

  test('has one plan, which lists each string once and changes nothing', async () => {
    await connected();
    const { world } = await own.save();
    const plan = await json(`${line} --dry-run`);
    expect(Object.keys(plan).toSorted()).toEqual(['breaks', 'notes', 'projectId', 'regions']);
    expect(plan.regions.map(({ region, atlasRegion, provider }: never) => [region, atlasRegion, provider])).toEqual([
      ['us-east-1', 'US_EAST_1', 'AWS'],
      ['eu-west-1', 'EU_WEST_1', 'AWS'],
      ['eastus2', 'US_EAST_2', 'AZURE'],
    ]);
    for (const region of plan.regions) expect(results(region)).toEqual(region.steps.map(() => 'remove'));
    const connectionString = expect.stringMatching(/^mongodb\+srv:\/\/app-pl-/);
    const regions = ['us-east-1', 'eu-west-1', 'eastus2'];
    expect(plan.breaks).toEqual([{ cluster: 'app', connectionString, regions }]);
    expect((await own.save()).world).toEqual(world);
    const { stdout } = await own.atlas(`${line} --dry-run`);
    expect(stdout).toMatch(
      /^Plan\n {2}AWS us-east-1\n {4}AWS account +\d+, signed in as .+\n {4}remove {2}Attachment/,
    );
    expect(stdout).toMatch(/\n\n {2}Azure eastus2\n/);
    expect(stdout.match(/breaks {2}Connection string/g)).toHaveLength(1);
    expect((await own.atlas(`${line} --dry-run --output id`)).stdout.match(/^[0-9a-f]{24}$/gm)).toHaveLength(3);
  });

  test('is asked for once in a terminal', async () => {
    await connected();
    const no = await own.inTerminal(line, { stdin: 'n\r' });
    expect(no.exitCode).toBe(1);
    expect(no.text.match(/\[y\/N\]/g)).toHaveLength(1);
    expect(no.text).toContain('Remove 11 resources in 3 regions of app?');
    expect(await services()).toHaveLength(3);
    const yes = await own.inTerminal(line, { stdin: 'y\r' });
    expect(yes.exitCode).toBe(0);
    expect(yes.text).toMatch(/✔ AWS us-east-1 +disconnected after/);
    expect(yes.text).toMatch(/✔ Azure eastus2 +disconnected after/);
    await leavesNothing();
  });

  test('needs --yes without a terminal', async () => {
    await connected();
    const stderr = await refused(line, 2, 'Nothing was removed: confirmation requires a terminal.');
    expect(hinted(stderr)).toBe(`${line} --yes`);
  });

  test('keeps the services with --keep-service', async () => {
    await connected();
    const { regions } = await json(`${line} --yes --keep-service`);
    const kept = regions.map((each: Region) => results(each).filter((result) => result === 'kept'));
    expect(kept).toEqual([['kept'], ['kept'], ['kept']]);
    expect(await services()).toHaveLength(3);
    // A second run has nothing else to do.
    expect((await json(`${line} --yes --keep-service`)).regions.flatMap(results)).not.toContain('removed');
  });

  test('is disconnected where it was connected, and the other regions are skipped', async () => {
    await connectEach('eu-west-1', 'eastus2 --provider azure');
    const { stdout } = await own.atlas(`${line} --dry-run`);
    expect(stdout).toMatch(/ {2}AWS us-east-1\n.+\n( {4}skip {2}[\w ]+ none\n){4}/);
    const { regions, breaks } = await json(`${line} --yes`);
    expect([regionsOf({ regions }), breaks]).toEqual([['eu-west-1', 'eastus2'], []]);
    await leavesNothing();
  });

  test('accepts options of each of its clouds', async () => {
    await connected();
    await json(`${line} --dry-run --vpc-region us-west-2 --subscription 00000000-0000-4000-8000-00000000a71a`);
    await refused(`${line} --gcp-project other-project-1 --yes`, 2, 'gcp-project is not an option for AWS or Azure');
  });
});

describe('--region and --provider', () => {
  beforeEach(connected);

  test('leave out regions, which is an outage there', async () => {
    const some = `${line} --region us-east-1,EU_WEST_1 --yes`;
    const said = 'Nothing was removed: it breaks connection strings in other regions too: app (Azure eastus2).';
    expect(hinted(await refused(some, 5, said))).toMatch(/--allow-outage$/);
    expect(regionsOf(await json(`${some} --allow-outage`))).toEqual(['us-east-1', 'eu-west-1']);
    expect(await services()).toEqual(['eastus2']);
    // The string is gone, so nothing else breaks.
    await json(`${line} --provider azure --yes`);
    await leavesNothing();
  });

  test('name a region twice, which is one', async () => {
    const { regions } = await json(`${line} --region us-east-1,US_EAST_1 --dry-run`);
    expect(regionsOf({ regions })).toEqual(['us-east-1']);
  });

  test.each([
    ['--region us-east-1,us-west-2', "app has no nodes in 'us-west-2'."],
    ['--region us-east-1,', '--region has an empty value.'],
    ['--provider gcp', 'app has no nodes in the chosen regions.'],
    ['us-east-1', '--cluster cannot be combined with an endpoint.'],
    ['us-east-1', 'To choose some of its regions, use --region.'],
  ])('%s is a usage error', async (more, said) => {
    await refused(`${line} ${more} --yes`, 2, said);
  });
});

describe('a region in which another cluster has nodes', () => {
  const reports: ClusterSpec = { name: 'reports', regions: [west] };
  const usedBy = async (...others: ClusterSpec[]) => {
    // The first call keeps what there is, for all tests.
    await connected();
    await own.change({ clusters: [app, ...others] });
  };

  test.each([
    ['a cluster', reports],
    ['a paused cluster', { ...reports, paused: true }],
  ])('stays whole for %s, and is named with the command for it', async (_, other) => {
    await usedBy(other);
    const { stdout, stderr } = await own.succeeds(`${line} --yes`);
    expect(stdout).not.toContain('eu-west-1');
    expect(stderr).toMatch(/AWS eu-west-1 stays as it is: other clusters have nodes there \(reports\)\./);
    own.sandbox.clock.advance(60_000);
    expect(await left()).toEqual([
      [1, 1, 0, 0],
      [1, 1, 1, 1],
      [0, 0, 0],
    ]);
    const second = await refused(`${line} --yes`, 5, 'Nothing was removed: other clusters have nodes in AWS eu-w');
    await own.succeeds(hinted(second));
    await leavesNothing();
    await refused(`${line} --yes`, 3, 'No private endpoint found in AWS us-east-1, AWS eu-west-1, Azure eastus2.');
  });

  test('is disconnected if the other one is named too, and each string is listed once', async () => {
    await usedBy(reports);
    const { regions, breaks } = await json(`${line} --cluster reports --yes`);
    expect(regionsOf({ regions })).toEqual(['us-east-1', 'eu-west-1', 'eastus2']);
    expect(breaks.map(({ cluster }: { cluster: string }) => cluster)).toEqual(['app', 'reports']);
    await leavesNothing();
  });

  test('is disconnected if the other one is on shared hosts, which have no private endpoints', async () => {
    await usedBy({ ...reports, tier: 'M0' });
    await json(`${line} --yes`);
    await leavesNothing();
  });

  test('is not named if nothing is connected there', async () => {
    await own.change({ clusters: [app, reports] });
    await connectEach('us-east-1');
    const plan = await json(`${line} --dry-run`);
    expect([regionsOf(plan), plan.notes]).toEqual([['us-east-1', 'eastus2'], []]);
  });

  test('is in the notes of the plan', async () => {
    await usedBy(reports, { ...reports, name: 'sales' });
    const plan = await json(`${line} --dry-run`);
    expect(regionsOf(plan)).toEqual(['us-east-1', 'eastus2']);
    const note = /AWS eu-west-1 stays as it is: .*\(reports, sales\).*atlas-pe disconnect eu-west-1$/;
    expect(plan.notes).toEqual([expect.stringMatching(note)]);
  });
});

describe('without anything to remove', () => {
  test('it is not found, unless --if-exists is given', async () => {
    const stderr = await refused(`${line} --yes`, 3, 'No private endpoint found in AWS us-east-1');
    expect(hinted(stderr)).toBe(`${line} --yes --if-exists`);
    expect(await json(`${line} --yes --if-exists`)).toEqual({ regions: [], breaks: [] });
    const plan = await json(`${line} --dry-run --if-exists`);
    expect(plan).toEqual({ projectId: expect.any(String), regions: [], breaks: [], notes: [] });
    await own.ends(`${line} --yes --if-exists`, 0, 'Nothing to remove.', '');
  });

  test('a cluster that does not exist is not found even with --if-exists, as nothing tells its regions', async () => {
    await connected();
    for (const more of ['', ' --if-exists', ' --cluster app --if-exists'])
      await refused(`disconnect --cluster ap${more} --yes`, 3, "Cluster 'ap' not found in the project.");
  });

  test.each<[title: string, clusters: ClusterSpec[], exitCode: number]>([
    ['was deleted', [], 3],
    ['is being deleted, while another one lives elsewhere', [{ name: 'other', regions: [azure] }], 3],
  ])('a cluster that %s is not found, but what is left in its regions is named', async (_, clusters, exitCode) => {
    await connectEach('us-east-1', 'eu-west-1');
    await own.change({ clusters });
    const stderr = await refused(`${line} --yes`, exitCode, "Cluster 'app' not found in the project.");
    const named = stderr.match(/(?<=atlas-pe )disconnect \S+$/gm) ?? [];
    expect(named, stderr).toEqual(['disconnect us-east-1', 'disconnect eu-west-1']);
    for (const each of named) await own.succeeds(`${each} --yes`);
    await leavesNothing();
  });

  test('a region that the cluster lost is named', async () => {
    await connected();
    await own.change({ clusters: [{ ...app, regions: [east] }] });
    const plan = await json(`${line} --dry-run`);
    expect([regionsOf(plan), plan.notes]).toEqual([
      ['us-east-1'],
      [expect.stringMatching(/^No cluster can use .* AWS eu-west-1, Azure eastus2, .*disconnect eu-west-1/)],
    ]);
    await json(`${line} --yes`);
    await refused(`${line} --yes`, 3, 'atlas-pe disconnect eu-west-1');
  });

  test('a region whose last cluster is being deleted is named', async () => {
    await connectEach('us-east-1', 'eu-west-1');
    const cluster = (name: string, stateName: string, regionName: string) => {
      const replicationSpecs = [{ regionConfigs: [{ providerName: 'AWS', regionName }] }];
      return { id: name, name, stateName, replicationSpecs };
    };
    const results = [cluster('app', 'IDLE', 'US_EAST_1'), cluster('old', 'DELETING', 'EU_WEST_1')];
    own.faults = [{ path: '*/clusters', status: 200, body: JSON.stringify({ results }) }];
    const plan = await json(`${line} --dry-run`);
    expect([regionsOf(plan), plan.notes]).toEqual([
      ['us-east-1'],
      [expect.stringMatching(/^No cluster can use .* AWS eu-west-1.*disconnect eu-west-1/)],
    ]);
  });

  test('a cluster on shared hosts is a usage error', async () => {
    await own.change({ clusters: [app, { name: 'free', tier: 'M0', regions: [east] }] });
    await refused('disconnect --cluster free --yes', 2, 'free is a cluster of type M0');
  });
});

describe('if a region is refused, nothing is removed', () => {
  test('because it has an endpoint that atlas-pe did not create', async () => {
    await connectEach('us-east-1', 'eastus2 --provider azure');
    await json('create eu-west-1 --wait');
    const id = await attachForeign(own, 'eu-west-1');
    own.sandbox.clock.advance(120_000);
    const said = 'Error: Nothing was removed: 1 of the 3 regions cannot be disconnected.';
    const stderr = await refused(`${line} --yes`, 5, said);
    expect(stderr).toMatch(new RegExp(`Warning: AWS eu-west-1: atlas-pe did not create ${id}: .*interface remove`));
    const hint = stderr.split('Hint: ')[1] ?? '';
    const others = "disconnect --cluster app --yes --region 'us-east-1,eastus2'";
    expect(hint).toBe(`To disconnect only the others: atlas-pe ${others}\n`);
    await own.succeeds(`${hinted(hint).replaceAll("'", '')} --allow-outage`);
    expect(await services()).toEqual(['eu-west-1']);
    // The plan says why.
    const { regions } = await json(`${line} --dry-run`);
    expect(regions[1].notes[0]).toContain(`atlas-pe did not create ${id}`);
  });

  test('but beside an endpoint that atlas-pe did not create, ours goes, and the service stays', async () => {
    await connected();
    const ids = [await attachForeign(own, 'us-east-1'), await attachForeign(own, 'eu-west-1')];
    const { regions } = await json(`${line} --yes`);
    expect(regions.map((region: Region) => results(region).join(' '))).toEqual([
      'removed removed kept removed',
      'removed removed kept removed',
      'removed removed removed',
    ]);
    const attached = ['us-east-1', 'eu-west-1'].map(
      async (region) => (await json(`get ${region}`)).interfaceEndpoints,
    );
    expect((await Promise.all(attached)).flat()).toEqual(ids);
  });

  test('because a cloud has no credentials', async () => {
    await connected();
    const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, ...env } = own.sandbox.env;
    const stderr = await refused(`${line} --yes`, 4, '2 of the 3 regions cannot be disconnected.', { env });
    expect(stderr.match(/Warning: AWS us-east-1, AWS eu-west-1: /g)).toHaveLength(1);
  });

  test('because a permission is missing', async () => {
    await connected();
    own.faults = [{ action: 'DeleteVpcEndpoints', nth: only(1), status: 400, code: 'UnauthorizedOperation' }];
    await refused(`${line} --yes`, 4, '1 of the 3 regions cannot be disconnected.');
  });

  test('and the only region of a cluster says so itself', async () => {
    await own.change({ clusters: [{ name: 'app', regions: [east] }] });
    await connectEach('us-east-1');
    own.faults = [{ action: 'DeleteVpcEndpoints', nth: only(1), status: 400, code: 'UnauthorizedOperation' }];
    await refused(`${line} --yes`, 4, 'Error: AWS us-east-1: ');
  });
});

describe('if a region fails', () => {
  beforeEach(connected);

  test('the others go on, and one command continues', async () => {
    const id = await idIn('eu-west-1');
    own.faults = [{ method: 'DELETE', path: `*/endpointService/${id}`, status: 403, code: 'USER_UNAUTHORIZED' }];
    const { stdout, stderr } = await own.ends(`${line} --yes --json`, 4, 'Error: Something is left in AWS eu-west-1');
    const { regions } = JSON.parse(stdout);
    expect(closed('#/$defs/disconnect-cluster', JSON.parse(stdout))).toEqual([]);
    expect(regions.map(({ error }: Region) => error?.exitCode ?? null)).toEqual([null, 4, null]);
    expect(results(regions[1])).toEqual(['removed', 'removed']);
    expect(regions[1].cloud.left).toEqual([expect.stringMatching(/^sg-/)]);
    expect(stderr).toMatch(new RegExp(`^Warning: AWS eu-west-1: .+ Not removed yet: Atlas service ${id}, .`, 'm'));
    expect(stderr.match(/atlas-pe disconnect/g)).toHaveLength(1);
    own.faults = [];
    await own.succeeds(hinted(stderr));
    await leavesNothing();
  });

  test('because of a group in use, the group is kept and named', async () => {
    own.faults = [{ action: 'DeleteSecurityGroup', nth: only(3, 1000), status: 400, code: 'DependencyViolation' }];
    const said = /Warning: AWS us-east-1: The security group sg-\w+ was kept: still in use\. Wait a few minutes\./;
    const { stdout, stderr } = await own.ends(`${line} --yes --json`, 5, said);
    const { regions } = JSON.parse(stdout);
    expect(regions.map(({ error }: Region) => error?.exitCode ?? null)).toEqual([5, 5, null]);
    expect(regions[0].cloud.left).toEqual([expect.stringMatching(/^sg-/)]);
    own.faults = [];
    await own.succeeds(hinted(stderr));
    await leavesNothing();
  });

  test('because of the time limit, all end at the same time', async () => {
    const { stderr } = await own.ends(`${line} --yes --timeout 1s`, 8);
    expect(stderr.match(/^Warning: (AWS us-east-1|AWS eu-west-1|Azure eastus2): /gm)).toHaveLength(3);
    own.sandbox.clock.advance(60_000);
    await own.succeeds(hinted(stderr).replace(' --timeout 1s', ''));
    await leavesNothing();
  });
});

describe('Ctrl-C', () => {
  beforeEach(connected);

  test('stops all regions, and says once what is left in each and how to continue', async () => {
    const run = await interruptedAt(own, `${line} --yes --json`, { action: 'DeleteVpcEndpoints', nth: only(3) });
    expect([run.exitCode, run.stdout], run.stderr).toEqual([130, '']);
    const [lines = '', said = ''] = run.stderr.split('Interrupted.');
    expect(lines.match(/^Warning: (AWS us-east-1|AWS eu-west-1|Azure eastus2): Not removed yet: /gm)).toHaveLength(3);
    expect(said.match(/To continue:/g)).toHaveLength(1);
    await own.succeeds(hinted(said));
    await leavesNothing();
  });

  test('while it reads changes nothing', async () => {
    const { world } = await own.save();
    const run = await interruptedAt(own, `${line} --yes`, { action: 'DescribeVpcEndpoints', nth: only(2) });
    expect([run.exitCode, run.stdout], run.stderr).toEqual([130, '']);
    expect((await own.save()).world).toEqual(world);
  });
});

describe('whatever becomes of one request', { timeout: 240_000 }, () => {
  /** On Azure, only the private endpoint has the mark that the service is ours. If it is gone, the service stays. */
  const leavesAtMostAService = async (what: string) => {
    own.sandbox.clock.advance(60_000);
    const [[, ...first] = [], [, ...second] = [], third = []] = await left();
    expect([...first, ...second, ...third.slice(1)], what).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
    const others = (await services()).filter((region) => region !== 'eastus2');
    expect(others, what).toEqual([]);
  };
  const eachRequest = async (lose: (nth: { from: number; to: number }[]) => Promise<Run>) => {
    await connected();
    const saved = await own.save();
    const requests = (await requestsOf(own, `${line} --yes`)).filter(({ isAtChange }) => isAtChange);
    expect(requests.length).toBeGreaterThan(6);
    // connect-resume.test.ts loses each change of a region alone.
    for (const { name, nth } of isWholeSweep ? requests : requests.filter((_, index) => index % 3 === 0)) {
      await own.restore(saved);
      const first = await lose(nth);
      own.faults = [];
      const second = first.exitCode === 0 ? first : await own.atlas(`${line} --yes`);
      await leavesAtMostAService(`${name}\n${first.stderr}\n${second.stderr}`);
    }
  };

  test('nothing is left if its answer is lost', async () => {
    await eachRequest((nth) => {
      own.faults = [{ nth, drop: 'after' }];
      return own.atlas(`${line} --yes`);
    });
  });

  test('nothing is left if it is interrupted and run again', async () => {
    await eachRequest(async (nth) => {
      const run = await interruptedAt(own, `${line} --yes`, { nth });
      expect([run.exitCode, run.stdout], run.stderr).toEqual([130, '']);
      expect(run.stderr.match(/To continue:/g) ?? []).toHaveLength(run.stderr.includes('Not removed yet') ? 1 : 0);
      return run;
    });
  });
});
