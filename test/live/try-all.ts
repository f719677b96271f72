import { expect } from 'vitest';
import { type Provider, providers } from '../../src/clouds/all.js';
import type { Run } from '../helpers/run-cli.js';

/** A region of a cloud where a cluster of the project has nodes. */
export interface Place {
  provider: Provider;
  region: string;
}

interface Options {
  /** Runs a command line of atlas-pe. */
  run: (line: string) => Promise<Run>;
  /** In milliseconds. */
  now: () => number;
  /** Called after each command. */
  onCommand: (line: string, seconds: number) => void;
  /** The id or the name. */
  project: string;
  /** How the name of such a project begins. */
  prefix?: string;
  /** Where a private endpoint service is created and deleted, with credentials for Atlas only. */
  first: Place;
  /** Where to connect, run doctor and disconnect. */
  places: readonly Place[];
}

/** What `doctor` prints. */
interface Diagnosis {
  categories: { name: string; checks: { result: string }[] }[];
}

/**
 * Tries the commands that create, show and delete, in a project that is for this: its name begins with the prefix, and it
 * has nothing in these regions. Throws if a command fails or if something differs afterwards; first it removes what was
 * made.
 */
export async function tryAll(options: Options): Promise<void> {
  const { run, now, onCommand, project, prefix = 'atlas-pe-live', first, places } = options;
  const json = async (line: string, isFine = (exitCode: number): boolean => exitCode === 0) => {
    const started = now();
    const { exitCode, stdout, stderr } = await run(`${line} --json`);
    onCommand(line, (now() - started) / 1000);
    if (!isFine(exitCode)) throw new Error(`atlas-pe ${line} ended with ${exitCode}: ${stderr}`);
    return JSON.parse(stdout);
  };
  const projects: { id: string; name: string }[] = await json('projects');
  const name = projects.find((each) => [each.id, each.name].includes(project))?.name;
  if (!name?.startsWith(prefix)) {
    throw new Error(
      `This test creates and deletes resources, so the name of its project begins with ${prefix}. ${project || 'None'} (${name ?? 'unknown'}) is another one.`,
    );
  }

  const at = ({ provider, region }: Place) => `${region} --provider ${provider.toLowerCase()}`;
  // A dry run reads what is there in the cloud, too.
  const everything = async () => [
    await json('list'),
    await json('connection-strings'),
    ...(await Promise.all(places.map((place) => json(`connect ${at(place)} --dry-run`)))),
  ];
  const before = await everything();
  for (const { provider, region } of [first, ...places]) {
    const there = before[0].filter((each: Place) => each.provider === provider && each.region === region);
    if (there.length > 0) throw new Error(`${name} already has a private endpoint in ${region}. Remove it first.`);
  }

  const errors: unknown[] = [];
  try {
    const { id } = await json(`create ${at(first)}`);
    await json(`wait ${id}`);
    expect(await json(`get ${id}`)).toMatchObject({ id, ...first });
    expect(await json('list')).toContainEqual(expect.objectContaining({ id }));
    await json(`delete ${id} --yes --wait`);
    for (const place of places) {
      const { connectionStrings } = await json(`connect ${at(place)} --yes`);
      expect(connectionStrings, `connect ${at(place)}`).not.toEqual([]);
      // This machine is not in the network, so the checks of names and connections may fail.
      const { categories }: Diagnosis = await json(`doctor ${at(place)} --cloud --no-network`, (exit) =>
        [0, 6].includes(exit),
      );
      const checks = categories.flatMap(({ name, checks }) => (/^(?:dns|network)$/.test(name) ? [] : checks));
      expect(checks.filter(({ result }) => result === 'error')).toEqual([]);
      await json(`disconnect ${at(place)} --yes`);
    }
  } catch (error) {
    errors.push(error);
    const cleanUp = [
      ...places.map((place) => `disconnect ${at(place)} --yes --if-exists`),
      ...[first, ...places].map((place) => `delete ${at(place)} --cascade --yes --if-exists`),
    ];
    for (const line of cleanUp) await json(line).catch((each) => errors.push(each));
  }
  try {
    expect(await everything(), 'What this test leaves').toEqual(before);
  } catch (error) {
    errors.push(error);
  }
  if (errors.length > 1) throw new AggregateError(errors, errors.map(String).join('\n'));
  if (errors.length === 1) throw errors[0];
}

/** The variables of which one is set where a cloud's credentials are, and the region unless ATLAS_PE_LIVE_REGION_… names one. */
const clouds = {
  AWS: { region: 'us-east-1', credentials: ['AWS_ACCESS_KEY_ID', 'AWS_PROFILE', 'AWS_WEB_IDENTITY_TOKEN_FILE'] },
  AZURE: { region: 'eastus2', credentials: ['AZURE_CLIENT_ID', 'ARM_CLIENT_ID'] },
  GCP: { region: 'us-east4', credentials: ['GOOGLE_APPLICATION_CREDENTIALS', 'GOOGLE_OAUTH_ACCESS_TOKEN'] },
} satisfies Record<Provider, object>;

type Env = Readonly<Record<string, string | undefined>>;

export function placeOn(provider: Provider, env: Env): Place {
  return { provider, region: env[`ATLAS_PE_LIVE_REGION_${provider}`] || clouds[provider].region };
}

/** Where this environment has credentials. */
export function placesOf(env: Env): Place[] {
  return providers
    .filter((provider) => clouds[provider].credentials.some((name) => env[name]))
    .map((provider) => placeOn(provider, env));
}
