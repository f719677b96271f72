import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { defaultProject } from '../../src/sandbox/world.js';
import { type CliOptions, endsOf, fakeAtlas, json, ownFolders, ownSandbox, runCli } from '../helpers/run-cli.js';
import { Screen } from '../helpers/screen.js';

const own = ownSandbox();
const second = '2'.repeat(24);
const [one, two] = [`Sandbox (${defaultProject})`, `Sandbox-222222 (${second})`];
const isListing = ({ url }: { url: string }) => url.startsWith('/api/atlas/v2/groups?');

/** A user without a project, with folders of their own. The sandbox has these projects. */
async function newcomer(projects: readonly string[] = [defaultProject, second], more: Record<string, string> = {}) {
  await own.restart({ projects: [...projects] });
  const { ATLAS_PE_PROJECT: _, ...signedIn } = own.sandbox.env;
  const env: Record<string, string> = { ...signedIn, ...ownFolders(), ...more };
  const run = (line: string, options: CliOptions = {}) => own.atlas(line, { env, ...options });
  /** Runs a command in a terminal and types these answers. */
  const type = (line: string, answers: readonly string[]) =>
    own.inTerminal(line, { env, columns: 300, stdin: answers.map((text) => `${text}\r`).join('') });
  /** How often the projects were listed since the last call. A first attempt without a signature does not count. */
  const listings = () =>
    own.sandbox.exchanges.splice(0).filter((each) => isListing(each) && each.status !== 401).length;
  return { env, run, ends: endsOf(run), type, listings };
}

/** Runs a command in a terminal, and types each answer when the question is shown again. */
async function typeEach(line: string, answers: readonly string[], env: Record<string, string>) {
  const [screen, stdin] = [new Screen({ columns: 200, rows: 80, convertEol: true }), new PassThrough()];
  const ended = runCli(line.split(' '), { env, screen, stdin });
  for (const [index, answer] of answers.entries()) {
    await screen.shows(new RegExp(`(?:Project \\(number[^]*){${index + 1}}`), ended);
    stdin.write(`${answer}\r`);
  }
  const { exitCode } = await ended;
  await screen.written();
  return { exitCode, lines: screen.lines(), raw: screen.raw };
}

describe('with exactly one project', () => {
  test('commands use it and say so, and the projects are listed once', async () => {
    const { run, listings } = await newcomer([defaultProject]);
    const first = await run('create us-east-1 --json');
    expect([first.exitCode, JSON.parse(first.stdout).projectId]).toEqual([0, defaultProject]);
    expect(first.stderr).toContain(`Using project ${one}, the only one that the credentials can access.\n`);
    expect(listings()).toBe(1);
    for (const line of ['list --json', 'list --project --json', 'interface list', 'get us-east-1 --json']) {
      expect((await run(line)).stderr, line).toContain(`Using project ${one}.\n`);
    }
    expect(listings()).toBe(0);
    expect(await run('list --quiet --provider gcp --json')).toEqual({ exitCode: 0, stdout: '[]\n', stderr: '' });
    own.sandbox.clock.advance(25 * 60 * 60_000);
    expect((await run('list')).stderr).toContain(`Using project ${one}, the only one`);
  });

  test.each([
    'create us-east-1',
    'delete us-east-1 --yes',
    'update us-east-1 --add us-west-2',
    'interface add us-east-1 vpce-0123456789abcdef0',
    'interface remove us-east-1 vpce-0123456789abcdef0 --yes',
    'connect us-east-1 --yes',
    'disconnect us-east-1 --yes',
    'convert us-east4',
    'regional-mode enable --yes',
  ])('%s lists the projects again, because there may be a second one by now', async (line) => {
    const { run, listings } = await newcomer([defaultProject]);
    await run('list');
    listings();
    const { stderr } = await run(line);
    expect(listings()).toBe(1);
    expect(stderr).toContain(`Using project ${one}, the only one`);
  });

  test('hints do not name it', async () => {
    const { run } = await newcomer([defaultProject]);
    for (const line of ['create us-east-1', 'get us-east-1', 'create us-east-1']) {
      const { stderr } = await run(line, { hints: true });
      expect(stderr, line).toContain('atlas-pe ');
      expect(stderr, line).not.toContain('--project');
      expect(stderr, line).not.toContain(`${defaultProject}-`);
    }
  });

  test('a time-out does not drop it', async () => {
    const { run, listings, ends } = await newcomer([defaultProject]);
    await run('create us-east-1');
    await run('list');
    listings();
    await ends('wait us-east-1 --until DELETED --timeout 1s', 8);
    await run('list');
    expect(listings()).toBe(0);
  });

  test('other credentials and another host are asked anew, and logout forgets it', async () => {
    const { run, listings, env } = await newcomer([defaultProject]);
    await run('list');
    expect(listings()).toBe(1);
    const token = { ...env, ATLAS_PE_ACCESS_TOKEN: 'no-such-token' };
    expect((await run('list', { env: token })).exitCode).toBe(4);
    expect(listings()).toBe(0);
    const first = env.ATLAS_PE_BASE_URL ?? '';
    const other = first.replace('127.0.0.1', 'localhost');
    const { ATLAS_PE_BASE_URL: _, ATLAS_PE_PUBLIC_KEY: key, ATLAS_PE_PRIVATE_KEY: secret, ...bare } = env;
    const stdin = `${key}\n${secret}`;
    for (const [profile, ATLAS_PE_BASE_URL] of Object.entries({ work: first, home: other }))
      await run(`login --with-key --profile ${profile}`, { env: { ...bare, ATLAS_PE_BASE_URL }, stdin });
    listings();
    await run('list --profile work', { env: bare });
    expect(listings()).toBe(0);
    await run('list --profile home', { env: bare });
    expect(listings()).toBe(1);
    await run('list --profile home', { env: bare });
    expect(listings()).toBe(0);
    await run('logout --profile home', { env: bare });
    await run('list');
    expect(listings()).toBe(0);
    await run('login --with-key --profile home', { env: { ...bare, ATLAS_PE_BASE_URL: other }, stdin });
    listings();
    await run('list --profile home', { env: bare });
    expect(listings()).toBe(1);
  });

  test.each([401, 403, 404])('a project that is refused with %i is not kept', async (status) => {
    const { run, listings, ends } = await newcomer([defaultProject]);
    await run('list');
    own.faults = [{ status, path: '**/privateEndpoint/**' }];
    await ends('list', status === 404 ? 3 : 4);
    own.faults = [];
    listings();
    await ends('list', 0);
    expect(listings()).toBe(1);
  });

  test('a dry run sends nothing, and uses it if it is known', async () => {
    const { run, ends } = await newcomer([defaultProject]);
    await ends('create us-east-1 --dry-run', 2, '', '');
    expect(own.sandbox.exchanges).toEqual([]);
    await run('list');
    own.sandbox.exchanges.length = 0;
    for (const line of [
      'create --region us-east-1 --dry-run --json',
      'create --dry-run --project --region us-east-1 --json',
    ])
      expect((await run(line)).stdout, line).toContain(`/groups/${defaultProject}/`);
    expect(own.sandbox.exchanges).toEqual([]);
  });

  test('whoami shows it', async () => {
    const { run } = await newcomer([defaultProject]);
    const { stdout, stderr } = await run('whoami --json');
    expect(JSON.parse(stdout)).toMatchObject({ projectId: defaultProject, projectName: 'Sandbox' });
    expect(stderr).toBe('No project is set. Commands use Sandbox, the only one that the credentials can access.\n');
  });
});

test.each([defaultProject, 'Sandbox'])('a project that is set costs no request: %s', async (project) => {
  const { listings, ends } = await newcomer([defaultProject, second], { ATLAS_PE_PROJECT: project });
  for (const line of ['list', 'list --project', 'create --project --region us-east-1', 'get us-east-1'])
    await ends(line, 0);
  expect(listings()).toBe(0);
});

describe('with several projects and no terminal', () => {
  test.each([
    'list',
    'create --project --region us-east-1',
    '--project -o json list',
    'wait',
    'doctor',
    'list --project',
  ])('%s names them', async (line) => {
    const { run, listings } = await newcomer();
    expect(await run(line)).toEqual({
      exitCode: 2,
      stdout: '',
      stderr:
        `Error: No project specified. The credentials can access 2 projects: ${one}, ${two}.\n` +
        'Hint: Use --project, or save a default: atlas-pe config set project ID\n',
    });
    expect(listings()).toBe(1);
  });

  test('at most five are named', async () => {
    const { run } = await newcomer(['1', '2', '3', '4', '5', '6', '7'].map((digit) => digit.repeat(24)));
    const { stderr } = await run('list --profile default');
    expect(stderr).toContain(`(${'5'.repeat(24)}) and 2 more.`);
    expect(stderr).toContain('atlas-pe config set project ID --profile default');
    expect(stderr).not.toContain('6'.repeat(24));
  });

  test.each([
    'projects',
    'list --all-projects',
    `get ${second}-${'a'.repeat(24)}`,
    `delete ${second}-${'a'.repeat(24)} --if-exists --yes`,
    'create --region us-east-1 --project Sandbox',
    'config list',
  ])('%s needs none', async (line) => {
    const { run } = await newcomer();
    expect((await run(line)).stderr).not.toContain('No project specified');
  });

  test('whoami lists them, and uses none', async () => {
    const { run } = await newcomer();
    const { stdout, stderr } = await run('whoami --json');
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toMatchObject({ projectId: null, projectName: null });
    expect((await run('whoami')).stdout).toContain(`projects\t${defaultProject} Sandbox,${second} Sandbox-222222\n`);
  });
});

test('without any project, the error says so', async () => {
  const { ends } = await newcomer([]);
  await ends('list', 4, /^Error: The credentials cannot access any project\.\nHint: /);
});

describe('--project without a value', () => {
  test.each([
    'delete us-east-1 --yes --project',
    'delete --project --yes us-east-1',
    '--project --json delete us-east-1 --yes',
    'disconnect us-east-1 --project --yes',
    'update us-east-1 --project --add us-west-2',
    'interface remove us-east-1 --yes --project',
    'convert us-east4 --finish --yes --project',
    'regional-mode enable --yes --project',
    'regional-mode disable --project --yes',
  ])('is an error without a terminal, because an unset variable looks the same: %s', async (line) => {
    for (const more of [{}, { ATLAS_PE_PROJECT: defaultProject }] as Record<string, string>[]) {
      const { ends } = await newcomer([defaultProject], more);
      await ends(line, 2, /^Error: --project requires a value.+\nHint: Check for an unset/);
      expect(own.sandbox.exchanges).toEqual([]);
    }
  });

  test.each(['create --project= --region us-east-1', 'list --project=', 'list --project --project a'])(
    '%s is an error',
    async (line) => {
      const { ends } = await newcomer([defaultProject]);
      await ends(line, 2);
    },
  );

  test('the word behind it is its value', async () => {
    const { run } = await newcomer([defaultProject]);
    expect((await run('list --project us-east-1')).stderr).toContain("Project 'us-east-1' not found");
    expect((await runCli(['list', '--project', ''])).stderr).toContain('--project has an empty value');
  });
});

describe('a project by name', () => {
  test.each(['x'.repeat(65), 'a/b', 'a\\b', '.', '..', 'a\u0001', '\u200b'])(
    '%j is never looked up',
    async (name) => {
      const { ends } = await newcomer();
      await ends(`list --project ${name}`, 2, 'is not a valid project id or project name (flag --project)');
      expect(own.sandbox.exchanges).toEqual([]);
    },
  );

  test('that does not exist, or needs credentials', async () => {
    const { ends } = await newcomer();
    const unknown = /'Sandbo' not found .*\nHint: A project id has 24 hex digits\. Did you mean Sandbox\?/;
    await ends('list --project Sandbo', 2, unknown);
    await ends(`list --project ${'x'.repeat(64)}`, 2, 'not found (flag --project)');
    const said = /^Error: 'Mine' is not a project id \(flag --project\), and .*\nHint: .*Sign in, or try it/;
    await ends('list --project Mine', 2, said, '', { env: ownFolders() });
  });
});

describe('in a terminal', () => {
  test.each([
    ['a number', ['2']],
    ['a name', ['Sandbox-222222']],
    ['an id', [second.toUpperCase()]],
  ])('a project is chosen by %s', async (_, answers) => {
    const { type, listings } = await newcomer();
    const { exitCode, text } = await type('create --project --region us-east-1', answers);
    expect([exitCode, text]).toEqual([0, expect.stringMatching(new RegExp(`^projectId +${second}$`, 'm'))]);
    expect(text).toContain(
      `  1   Sandbox  ${defaultProject}\n  2   Sandbox-222222  ${second}\nProject (number, name or id): `,
    );
    expect(text).toMatch(new RegExp(`^Hint: To make it the default: atlas-pe config set project ${second}$`, 'm'));
    expect(text).toMatch(new RegExp(`atlas-pe wait \\w+ --project ${second}`));
    expect(listings()).toBe(1);
    // A choice holds for one command.
    expect((await type('list', ['1'])).text).toContain('Project (number');
  });

  test.each([[['3', 'Sand', '0', '-1', 'Sandbox']], [['', '', '1']]])('%j end with a valid one', async (answers) => {
    const { env } = await newcomer();
    const { exitCode, lines } = await typeEach('list', answers, env);
    expect(exitCode).toBe(0);
    expect(lines.filter((line) => line === 'Not in the list. Try again.').length).toBe(answers.includes('') ? 0 : 4);
  });

  test('--project asks even if one is set, which is the default', async () => {
    const { type, env } = await newcomer();
    for (const project of [second, 'Sandbox-222222', 'nonsense']) {
      Object.assign(env, { ATLAS_PE_PROJECT: project });
      const isKnown = project !== 'nonsense';
      const kept = await type('list --project', ['']);
      expect([kept.exitCode, kept.text]).toEqual([isKnown ? 0 : 2, expect.stringContaining('Project (number')]);
      expect(kept.text.includes('default: Sandbox-222222')).toBe(isKnown);
      const other = await type('create us-west-2 --project', ['1']);
      expect(other.text).toMatch(new RegExp(`^projectId +${defaultProject}$`, 'm'));
      expect(other.text).toMatch(new RegExp(`atlas-pe wait \\w+ --project ${defaultProject}`));
      expect((await type('delete us-west-2 --yes --project', ['1'])).exitCode).toBe(0);
      own.sandbox.clock.advance(600_000);
    }
  });

  test('nothing is asked if nothing needs a project, or there is only one', async () => {
    const { type } = await newcomer();
    for (const line of ['list --all-projects', 'create --region us-east-1 --dry-run'])
      expect((await type(line, [])).text, line).not.toContain('Project (number');
    const single = await newcomer([defaultProject]);
    expect((await single.type('list --project', [])).exitCode).toBe(0);
  });

  test.each([
    ['the end of the input is no answer', 'list', 'Error: No project specified.'],
    ['a hint behind --project is not its value', 'delete --yes --project', 'delete --yes ENDPOINT --project'],
  ])('%s', async (_, line, said) => {
    const { type } = await newcomer();
    const { exitCode, text } = await type(line, []);
    expect([exitCode, text]).toEqual([2, expect.stringContaining(said)]);
  });

  test.each(['list', 'doctor', 'delete us-east-1 --project'])('Ctrl-C ends %s at the question', async (line) => {
    const { env } = await newcomer();
    const [screen, stdin] = [new Screen({ columns: 200, rows: 60, convertEol: true }), new PassThrough()];
    const ended = runCli(line.split(' '), { env, clock: own.sandbox.clock, screen, stdin });
    await screen.shows(/Project \(number/, ended);
    stdin.write('\x03');
    expect(await ended).toMatchObject({ exitCode: 130 });
    await screen.written();
    expect(screen.raw.match(/Project \(number/g)).toHaveLength(1);
  });

  test('--sandbox has a default project, and asks only with --project', async () => {
    const { type, env } = await newcomer([]);
    expect((await type('list --sandbox', [])).exitCode).toBe(0);
    await runCli(['create', '--sandbox', '--region', 'us-east-1', '--project', second], { env });
    const { exitCode, text } = await type('list --sandbox --project', ['2']);
    expect([exitCode, text]).toEqual([0, expect.stringContaining('us-east-1')]);
    expect(text).toContain('default: Sandbox)');
    expect(text).not.toContain('config set');
  });
});

describe('names from Atlas', () => {
  const hostile = `\x1b[2J\u202eevil\r\nError: ${'x'.repeat(5000)}`;
  const groups = [hostile, 'Twin', 'Twin'].map((name, index) => ({ id: `${index}`.repeat(24), name }));
  const atlas = (results: unknown[]) =>
    fakeAtlas(({ url = '' }, response) => json(response, 200, url.includes('/groups?') ? { results } : []), {
      ATLAS_PE_PROJECT: '',
    });

  test('cannot send control codes', async () => {
    for (const results of [groups, groups.slice(0, 1)]) {
      const { run } = await atlas(results);
      for (const line of ['list', 'whoami']) {
        const { stderr, stdout } = await run(line);
        // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
        expect(stderr + stdout).not.toMatch(/[\x1b\u202e\r]|\nError: x/);
        expect(stderr.length).toBeLessThan(3000);
      }
    }
  });

  test('that two projects have are not enough to choose one', async () => {
    const { env } = await atlas(groups);
    const { exitCode, lines, raw } = await typeEach('list', ['Twin', '2'], env);
    expect([exitCode, lines]).toEqual([0, expect.arrayContaining(['Not in the list. Try again.'])]);
    expect(raw).not.toContain('\x1b[2J');
  });

  test('an access token saves the only project too', async () => {
    const { run, count } = await atlas(groups.slice(1, 2));
    await run('list --provider aws');
    await run('list --provider aws');
    expect(count()).toBe(3);
  });
});
