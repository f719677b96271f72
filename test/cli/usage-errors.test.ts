import { expect, test } from 'vitest';
import { longName } from '../../src/base/shell.js';
import { LineError } from '../../src/cli/line.js';
import { createProgram, parse } from '../../src/cli/parser.js';
import { commandSynonyms, elsewhere, nouns, optionSynonyms, without } from '../../src/cli/synonyms.js';
import { everywhere } from '../../src/command.js';
import { endsOf, runCli, vpce } from '../helpers/run-cli.js';
import { branches, commands } from '../helpers/tree.js';

/* What people type by habit from other programs is answered with one name of ours, or with none. */

const id = '6b0913a35fde1ed46a38b01a';

const ends = endsOf((line: string) => runCli(line.split(' ')));

/** What people type, and the name in the answer. The usage line after it is that of `about`, by default of the name. */
const names: [typed: string, name: string, about?: string][] = [
  // A noun before or behind a verb.
  ['endpoint create us-east-1', 'create'],
  [`privateEndpoints aws delete ${id} --force`, 'delete'],
  ['privateEndpoints regionalModes disable --projectId p', 'regional-mode disable'],
  ['aws ec2 describe-vpc-endpoints', 'interface list'],
  ['kubectl get endpoints', 'list'],
  ['get endpoints', 'list'],
  ['list interfaces', 'interface list'],
  ['get regions', 'regions'],
  ['create interface us-east-1', 'interface add'],
  ['enable regional-mode', 'regional-mode enable'],
  // Other words for a command.
  ['destroy -auto-approve', 'delete'],
  ['auth list', 'whoami'],
  ['login status', 'whoami'],
  ['config delete project', 'config unset'],
  [`switch ${id}`, 'config set project', 'config set'],
  ['use project app', 'config set project', 'config set'],
  ['set access-token tok-secret', 'config set'],
  ['plan us-east-1', 'connect --dry-run', 'connect'],
  ['add us-east-1', 'create'],
  [`add us-east-1 ${vpce('a')}`, 'interface add'],
  // An id or a string in the place of a command, or of another kind.
  [`list ${id}`, 'get'],
  [`get ${vpce('a')}`, 'interface get'],
  [`delete ${vpce('a')}`, 'interface remove'],
  ['mongodb+srv://u:secret@a.mongodb.net', 'doctor'],
  // By spelling. Two letters in the wrong order are one mistake.
  ['wiat us-east-1', 'wait'],
  ['lsit', 'list'],
  ['describ us-east-1', 'describe', 'get'],
  ['LIST', 'list'],
  // Options of other programs, and values without their option.
  ['wait --state AVAILABLE', '--until', 'wait'],
  ['wait us-east-1 AVAILABLE', '--until', 'wait'],
  ['wait us-east-1 20m', '--timeout', 'wait'],
  ['wait all', '--all', 'wait'],
  ['list --state failed', '--status', 'list'],
  ['list --watch', 'wait'],
  ['list failed', '--status', 'list'],
  ['list aws', '--provider', 'list'],
  ['list -p aws', '--provider', 'list'],
  ['list --filter status=FAILED', '--query', 'list'],
  ['list --orgId 64f0c2a7e1b2c3d4e5f60718', '--all-projects', 'list'],
  ['list --json id,status', '--fields', 'list'],
  ['create us-east-1 --wait=20m', '--timeout', 'create'],
  ['create gcp us-east4', '--provider', 'create'],
  ['create --regoin us-east-1', '--region', 'create'],
  ['create us-east-1 --dryRun', '--dry-run', 'create'],
  ['connect cluster Cluster0', '--cluster', 'connect'],
  ['connect us-east-1 vpc-1', '--vpc', 'connect'],
  [`connect ${vpce('a')}`, '--adopt', 'connect'],
  ['disconnect us-east-1 –dry-run --yes', '--dry-run', 'disconnect'],
  ['delete us-east-1 --force', '--yes', 'delete'],
  ['--versoin', '--version', ''],
  ['log-out', 'logout', 'logout'],
  ['create us-east-1 --watchTimeout 60', '--timeout', 'create'],
  ['login --private-key secret', '--with-key', 'login'],
];

/** What gets another answer: a sentence, another program, or no name, because none is certain or it would change something. */
const sentences: [typed: string, hint: string][] = [
  ['clusters list', 'Use the Atlas CLI for clusters. To check how one is connected: atlas-pe doctor --cluster NAME'],
  ['kubectl apply -f x', 'To write Terraform configuration for what exists: atlas-pe list --output terraform'],
  ['list --all', 'list lists all services of the project, and --all-projects those of all projects.'],
  ['interface list --all', 'interface list lists those of all services if none is named.'],
  ['connect us-east-1 --wait', 'It always waits.'],
  [
    `interface add --service ${id}`,
    'It is an argument. Usage: atlas-pe interface add [options] <endpoint> [interface]',
  ],
  ['delete --all', 'It takes one endpoint: run it once for each.'],
  [`get --endpointServiceId ${id}`, 'It is an argument. Usage: atlas-pe get [options] [endpoint]'],
  ['list app', 'See atlas-pe list --help'],
  ['regions list', 'Usage: atlas-pe regions [options]'],
  ['connect app', 'An id has 24 hex digits. A region looks like us-east-1 or US_EAST_1.'],
  ['connect status', 'An id has 24 hex digits. A region looks like us-east-1 or US_EAST_1.'],
  [`delete project ${id} --yes`, 'See atlas-pe delete --help'],
  ['delete -f x.yaml', 'See atlas-pe delete --help'],
  ['rm -f us-east-1', 'See atlas-pe delete --help'],
  ['update us-east-1 eu-west-1', 'See atlas-pe update --help'],
  ['link status', 'See atlas-pe --help'],
  ['new project', 'See atlas-pe --help'],
  ['login secret SECRET', 'See atlas-pe login --help'],
  ['config set access-token tok secret', 'See atlas-pe config set --help'],
  ['help conect', 'Did you mean help connect?'],
  ['list -o wide', 'Did you mean table?'],
];

function usageOf(words: string) {
  return createProgram().find(words).usageLines()[0];
}

const suggestions = names.map(([typed, name, about = name]): [string, string] => {
  return [typed, `Did you mean ${name}? Usage: ${usageOf(about)}`];
});

test.each([...suggestions, ...sentences])('%s: %s', async (typed, hint) => {
  const { stderr } = await ends(typed, 2, `\nHint: ${hint}\n`, '');
  expect(stderr).not.toMatch(/secret/i);
});

test('a variable in the place of a string is one for --from-env', async () => {
  await ends('--sandbox doctor MONGODB_URI', 3, `Did you mean --from-env? Usage: ${usageOf('doctor')}`, '');
});

test('an argument of what only reads is never answered with a command that changes something', async () => {
  const reading = ['get', 'list', 'show', 'status', 'describe', 'info'];
  const changing = commands.filter(([, { changes }]) => changes).map(([path]) => path.join(' '));
  for (const [, theirs] of [...commandSynonyms, ...nouns])
    for (const word of theirs.split(', ').filter((each) => /^[a-z -]+$/.test(each))) {
      const read = reading[word.length % reading.length];
      const { stderr } = await runCli(`${word} ${read} x`.split(' '));
      const [, named] = /Did you mean (.*?)(?: --.*)?\?/.exec(stderr) ?? [];
      expect(changing, `${word} ${read}: ${stderr}`).not.toContain(named);
    }
});

test('the synonyms are no names of ours, and lead to what exists', () => {
  const theirs = [...commandSynonyms, ...elsewhere].flatMap(([, words]) => words.split(', '));
  const all = branches.flatMap(([path, branch]) => {
    const aliases = 'aliases' in branch ? (branch.aliases ?? []) : [];
    return [branch.name, ...aliases].map((name) => [...path.slice(0, -1), name].join(' '));
  });
  expect(theirs.filter((words) => all.includes(words))).toEqual([]);
  expect(theirs.filter((words) => words !== words.toLowerCase())).toEqual([]);
  const flags = [...commands.flatMap(([, { flags = {} }]) => Object.keys(flags)), ...Object.keys(everywhere)];
  const long = ['help', 'version', ...flags].map(longName);
  for (const [ours] of optionSynonyms) if (ours.startsWith('-')) expect(long, ours).toContain(ours.split(' ')[0]);
  for (const path of without.flatMap(([paths]) => paths.split(', '))) expect(all).toContain(path);
  const commandsOfOurs = [...commandSynonyms, ...elsewhere].filter(([ours]) => !ours.startsWith('atlas '));
  for (const [ours] of commandsOfOurs) expect(() => isPossible(ours), ours).not.toThrow();
});

/** Throws if no command starts like this. */
function isPossible(words: string): void {
  try {
    parse(words.split(' '));
  } catch (error) {
    if (!(error instanceof LineError) || !/^missing/.test(error.problem.kind)) throw error;
  }
}

test.each([
  ['streams', 'atlas streams privateLinks --help'],
  ['create --kind stream-processing', 'atlas streams privateLinks --help'],
  ['list --kind=dataFederation', 'atlas dataFederation privateEndpoints --help'],
  ['dataFederation privateEndpoints list', 'atlas dataFederation privateEndpoints --help'],
  ['list --kind encryption', 'atlas api encryptionAtRestUsingCustomerKeyManagement --help'],
  ['backup', 'atlas api cloudBackups --help'],
])('%s is for the Atlas CLI: %s', async (line, command) => {
  const { exitCode, stderr } = await runCli(line.split(' '));
  expect([exitCode, stderr]).toEqual([2, expect.stringContaining('Hint: Use the Atlas CLI for private endpoints ')]);
  expect(stderr.trim().endsWith(command), stderr).toBe(true);
});
