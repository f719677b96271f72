import { expect, test } from 'vitest';
import { longName } from '../../src/base/shell.js';
import { LineError } from '../../src/cli/line.js';
import { parse } from '../../src/cli/parser.js';
import { commandSynonyms, elsewhere, namesOnly, optionSynonyms } from '../../src/cli/synonyms.js';
import { everywhere } from '../../src/command.js';
import { settingNames } from '../../src/config/settings.js';
import { defaultProject as project } from '../../src/sandbox/world.js';
import { endsOf, runCli, vpce } from '../helpers/run-cli.js';
import { testSandbox } from '../helpers/sandbox.js';
import { branches, commands } from '../helpers/tree.js';

/* What people type by habit from other programs leads to the right command line, or names the right option. */

const id = '6b0913a35fde1ed46a38b01a';
const azureId = '/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/privateEndpoints/p';

const ends = endsOf((line: string) => runCli(line.split(' ')));

/** What people type, and the command line that the hint has. */
const lines: [typed: string, line: string][] = [
  ['sandbox run -- npm test', 'sandbox exec -- npm test'],
  ['exec -- true', 'sandbox exec -- true'],
  ['connect eastus2 -g rg1', 'connect eastus2 --resource-group rg1 --provider azure'],
  ['connect us-east4 --gcpProjectId p', 'connect us-east4 --gcp-project p --provider gcp'],
  ['sandbox run', 'sandbox serve'],
  // The Atlas CLI.
  [
    `privateEndpoints aws create --region us-east-1 --projectId ${project}`,
    `create --region us-east-1 --project ${project}`,
  ],
  ['privateEndpoints aws list', 'list'],
  ['atlas privateEndpoints aws list', 'list'],
  ['aws ec2 describe-vpc-endpoints', 'interface list'],
  ['az login', 'login'],
  ['kubectl get endpoints', 'list'],
  ['--project list', 'list --project'],
  [`privateEndpoints aws describe ${id}`, `describe ${id}`],
  [`privateEndpoints aws delete ${id} --force`, `delete ${id} --yes`],
  [`privateEndpoints aws watch ${id}`, `wait ${id}`],
  [
    `privateEndpoints azure interfaces create ${id} --privateEndpointId ${azureId} --privateEndpointIpAddress 10.0.0.4`,
    `interface create ${id} --ip 10.0.0.4 --provider azure ${azureId}`,
  ],
  [
    `privateEndpoints aws interfaces delete ${vpce('a')} --endpointServiceId ${id} --force`,
    `interface delete ${id} ${vpce('a')} --yes`,
  ],
  ['privateEndpoints aws interfaces list', 'interface list'],
  ['privateEndpoints regionalModes disable --projectId p', 'regional-mode disable --project p'],
  ['privateEndpoints', 'list'],
  ['auth login', 'login'],
  ['auth logout', 'logout'],
  ['config init', 'login'],
  ['config delete work', 'profile delete work'],
  ['project list --json', 'projects --json'],
  ['clusters connectionStrings describe Cluster0', 'connection-strings --cluster Cluster0'],
  ['list -P work', 'list --profile work'],
  ['list --projectId p', 'list --project p'],
  ['list --groupId p', 'list --project p'],
  ['--projectId p list', '--project p list'],
  ['create us-east-1 --providerName AWS', 'create us-east-1 --provider aws'],
  ['create eastus2 --cloud-provider Azure', 'create eastus2 --provider azure'],
  [`interface add ${id} --vpc-endpoint-id ${vpce('a')}`, `interface add ${id} ${vpce('a')}`],
  [`interface add ${id} --interfaceEndpointId ${vpce('a')} --wait`, `interface add ${id} --wait ${vpce('a')}`],
  [`interface add ${id} x --private-endpoint-ip-address 10.0.0.4`, `interface add ${id} x --ip 10.0.0.4`],
  [`interface get ${vpce('a')} --private-link-id ${id}`, `interface get ${id} ${vpce('a')}`],
  [`get --endpointServiceId ${id}`, `get ${id}`],
  [`delete --private-link-id ${id} --yes`, `delete ${id} --yes`],
  // Terraform.
  ['destroy us-east-1 -auto-approve', 'delete us-east-1 --yes'],
  ['init', 'login'],
  // aws.
  ['configure', 'login'],
  ['sts get-caller-identity', 'whoami'],
  ['describe-vpc-endpoints', 'interface list'],
  [`delete-vpc-endpoints us-east-1 --vpc-endpoint-ids ${vpce('a')}`, `interface remove us-east-1 ${vpce('a')}`],
  [
    'create-vpc-endpoint us-east-1 --vpc-id vpc-1 --subnet-ids subnet-1 --security-group-ids sg-1',
    'connect us-east-1 --vpc vpc-1 --subnet subnet-1 --security-group sg-1',
  ],
  ['connect us-east-1 --subnet-id subnet-1', 'connect us-east-1 --subnet subnet-1'],
  ['connect us-east-1 --subnet-ids subnet-1 subnet-2', "connect us-east-1 --subnet 'subnet-1,subnet-2'"],
  ['wait us-east-1 --for ready --timeout 5m', 'wait us-east-1 --until ready --timeout 5m'],
  ['connect us-east-1 --tags a=b', 'connect us-east-1 --tag a=b'],
  [`connect us-east-1 --vpc-endpoint-id ${vpce('a')}`, `connect us-east-1 --adopt ${vpce('a')}`],
  ['vpc-endpoints', 'interface list'],
  ['--debug list', '--verbose list'],
  // gcloud and az.
  ['list --format json', 'list --output json'],
  ['list --format JSON', 'list --output json'],
  ['create --location eastus2 --provider azure', 'create --region eastus2 --provider azure'],
  ['create -l us-east-1', 'create --region us-east-1'],
  ['create us-east-1 --no-wait', 'create us-east-1'],
  ['delete service us-east-1 --force --yes', 'delete us-east-1 --yes'],
  ['network private-endpoint create eastus2', 'connect eastus2 --provider azure'],
  ['account show', 'whoami'],
  ['account list', 'profile list'],
  ['account list-locations', 'regions'],
  ['delete us-east-1 --assume-yes', 'delete us-east-1 --yes'],
  // kubectl.
  ['list -A', 'list --all-projects'],
  ['list --all', 'list --all-projects'],
  ['list -w', 'wait --all'],
  ['--watch list', 'wait --all'],
  ['list --provider aws --watch', 'wait --all --provider aws'],
  ['get us-east-1 --watch', 'wait us-east-1'],
  ['create us-east-1 -w', 'create us-east-1 --wait'],
  ['config view', 'config list'],
  ['config use-context work', 'profile use work'],
  ['config get-contexts', 'profile list'],
  ['delete us-east-1 --force', 'delete us-east-1 --yes'],
  ['delete us-east-1 --ignore-not-found', 'delete us-east-1 --if-exists'],
  ['edit us-east-1 --add us-west-2', 'update us-east-1 --add us-west-2'],
  ['create us-east-1 --dryRun', 'create us-east-1 --dry-run'],
  // gh and fly.
  ['auth switch work', 'profile use work'],
  ['status', 'list'],
  ['status us-east-1', 'get us-east-1'],
  ['list -p p', 'list --project p'],
  ['signin', 'login'],
  ['regions list', 'regions'],
  ['profile create work', 'login --profile work'],
  ['use work', 'profile use work'],
  ['account', 'whoami'],
  // Other words for the same.
  ['endpoints list', 'list'],
  ['service create us-east-1', 'create us-east-1'],
  ['privateLink create us-east-1', 'create us-east-1'],
  ['new us-east-1', 'create us-east-1'],
  ['add us-east-1', 'create us-east-1'],
  [`add us-east-1 ${vpce('a')}`, `interface add us-east-1 ${vpce('a')}`],
  [`attach us-east-1 ${vpce('a')}`, `interface add us-east-1 ${vpce('a')}`],
  ['watch us-east-1', 'wait us-east-1'],
  ['check', 'doctor'],
  ['ping', 'doctor'],
  ['connection-string --cluster Cluster0', 'connection-strings --cluster Cluster0'],
  ['settings', 'config list'],
  ['set project p', 'config set project p'],
  ['man', 'help'],
  ['list us-east-1', 'get us-east-1'],
  // A provider, a status, a duration or an id of a cloud as a word.
  ['create gcp us-east4', 'create us-east4 --provider gcp'],
  ['delete AWS us-east-1', 'delete us-east-1 --provider AWS'],
  ['regions list gcp', 'regions --provider gcp'],
  ['create azure', 'create --provider azure REGION'],
  ['list failed', 'list --status failed'],
  ['wait us-east-1 until ready', 'wait us-east-1 --until ready'],
  ['wait us-east-1 for deleted 20m', 'wait us-east-1 --until deleted --timeout 20m'],
  ['create us-east-1 --wait=20m', 'create us-east-1 --wait --timeout 20m'],
  ['delete us-east-1 --yes=true', 'delete us-east-1 --yes'],
  ['connect us-east-1 vpc-1', 'connect us-east-1 --vpc vpc-1'],
  ['wait all', 'wait --all'],
  ['connect cluster Cluster0', 'connect --cluster Cluster0'],
  ['update us-east-1 add eu-west-1', 'update us-east-1 --add eu-west-1'],
  ['list --json id,status', "list --json --fields 'id,status'"],
  ['get all', 'list'],
  // An id of the other kind, and the other order.
  [`get ${vpce('a')}`, `interface get ${vpce('a')}`],
  [`delete ${vpce('a')}`, `interface delete ${vpce('a')}`],
  [`connect ${vpce('a')}`, `connect --adopt ${vpce('a')}`],
  [`interface add ${vpce('a')}`, `interface add REGION ${vpce('a')}`],
  [`interface remove ${vpce('a')} us-east-1 --yes`, `interface remove us-east-1 ${vpce('a')} --yes`],
  ['us-east-1 connect', 'connect us-east-1'],
  ['us-east-1', 'get us-east-1'],
  ['interface us-east-1', 'interface list us-east-1'],
  ['list interfaces', 'interface list'],
  ['get endpoints -o yaml', 'list -o yaml'],
  ['delete endpoint us-east-1', 'delete us-east-1'],
  ['get regions', 'regions'],
  // Dashes that a chat or an editor made longer.
  ['list –json', 'list --json'],
  ['delete us-east-1 —yes', 'delete us-east-1 --yes'],
  ['privateEndpoint azure list', 'list --provider azure'],
  ['create private_endpoint --project_id p', 'create --project p REGION'],
  ['plan us-east-1', 'connect --dry-run us-east-1'],
  ['list --yaml', 'list --output yaml'],
  ['list --sort-by createdAt', 'list --sort createdAt'],
  // A mistyped command or option, with the rest of the line.
  ['lsit', 'list'],
  ['describ us-east-1', 'describe us-east-1'],
  ['get us-east-1 --field id', 'get us-east-1 --fields id'],
  ['connect us-east-1 --sg sg-1', 'connect us-east-1 --security-group sg-1'],
  ['regional mode enable', 'regional-mode enable'],
  ['enable regional-mode', 'regional-mode enable'],
  ['help conect', 'help connect'],
  // A program or a noun before what was meant, and what it is about.
  ['fly status', 'list'],
  ['ec2 describe-vpc-endpoints', 'interface list'],
  ['compute forwarding-rules describe x', 'interface describe x'],
  ['configure list', 'config list'],
  ['list vpce', 'interface list'],
  ['help aws', 'help connect'],
  ['help endpoint', 'help list'],
  ['create endpoint us-east-1', 'create us-east-1'],
  ['wait --for=condition=Ready us-east-1', 'wait --until ready us-east-1'],
  // An id, a string or a key as a word.
  [vpce('a'), `interface get ${vpce('a')}`],
  ['mongodb+srv://u:secret@a.mongodb.net', 'doctor mongodb+srv://a.mongodb.net'],
  ['get a-pl-0.ab1cd.mongodb.net', 'doctor a-pl-0.ab1cd.mongodb.net'],
  ['get us-east-1 endpointServiceName', 'get us-east-1 --fields endpointServiceName'],
  // A question beside a command that changes something: the command that only reads.
  ['connect list', 'list'],
  ['connect status', 'list'],
  ['connect info', 'get'],
  ['connect get us-east-1', 'get us-east-1'],
  ['connect show us-east-1', 'show us-east-1'],
  ['login status', 'whoami'],
  // What the command requires: an endpoint, its own option, a region of its cloud.
  ['destroy -auto-approve', 'delete --yes ENDPOINT'],
  [`interface add us-east-1 --id ${vpce('a')}`, `interface add us-east-1 ${vpce('a')}`],
  ['create us-east4 --async', 'create us-east4 --provider gcp'],
  ['connect eastus2 --location eastus2', 'connect eastus2 --provider azure'],
  ['doctor us-east-1 10m', 'doctor us-east-1 --wait 10m'],
  ['doctor --env X', 'doctor --from-env X'],
  ['connect aws:us-west-2', 'connect us-west-2 --provider aws'],
  ['list-endpoints', 'list'],
  ['add us-west-2 to us-east-1', 'update --add us-west-2 us-east-1'],
  // Profiles, settings and the sandbox are no options of a command that changes something.
  ['config delete project', 'config unset project'],
  ...settingNames.map((name): [string, string] => [`config rm ${name}`, `config unset ${name}`]),
  ['delete profile sandbox --yes', 'profile delete sandbox --yes'],
  ['sandbox start', 'sandbox serve'],
  // Several words for one, or for several values.
  ['wait us-east-1 20 min', 'wait us-east-1 --timeout 20m'],
  ['wait us-east-1 --timeout 10min', 'wait us-east-1 --timeout 10m'],
  ['wait us-east-1 --timeout 20 min', 'wait us-east-1 --timeout 20m'],
  ['wait us-east-1 --timeout=20 minutes', 'wait us-east-1 --timeout=20m'],
  ['detach eastus2 pe-2mins --provider azure', 'interface remove eastus2 pe-2mins --provider azure'],
  ['wait --deleted', 'wait --until deleted'],
  // A secret is not repeated.
  ['set access-token tok-abc', 'config set access-token'],
  ['config edit client-secret hunter2 --sandbox', 'config set client-secret'],
  ['list --fields id, status', "list --fields 'id,status'"],
  ['list --provider aws gcp', "list --provider 'aws,gcp'"],
  ['list --region us-east-1 us-west-2', "list --region 'us-east-1,us-west-2'"],
  ['disconnect us-east-1 –dry-run --yes', 'disconnect us-east-1 --dry-run --yes'],
  ['disconnect us-east-1 —dry-run -y', 'disconnect us-east-1 --dry-run -y'],
  ['delete us-east-1 −−json', 'delete us-east-1 --json'],
  ['--sandbox list --query “[].id”', "--sandbox list --query '[].id'"],
];

/** The same if the word could also be the name of an interface endpoint, which does not exist. */
const notFound: [typed: string, line: string][] = [
  ['doctor MONGODB_URI', 'doctor --from-env MONGODB_URI'],
  ['disconnect status', 'list'],
  ['disconnect aws --yes', 'disconnect --yes --provider aws ENDPOINT'],
  ['interface get delete', 'get'],
  ['interface get all', 'interface get'],
  ['disconnect endpoint --yes', 'disconnect --yes ENDPOINT'],
];

/** A cluster's name in the place of an endpoint. */
const clusters: [typed: string, line: string][] = [
  ['connect Cluster0', 'connect --cluster Cluster0'],
  ['connect Cluster0 us-east-1', 'connect --cluster Cluster0 --region us-east-1'],
  ['disconnect app us-east-1 --yes', 'disconnect --cluster app --region us-east-1 --yes'],
  ['connection-strings Cluster0', 'connection-strings --cluster Cluster0'],
  ['delete Cluster0 --yes', 'disconnect --cluster Cluster0'],
  ['--sandbox connect Cluster0 us-east-1 -q', '--sandbox connect --cluster Cluster0 --region us-east-1 -q'],
  ['connect-cluster app', 'connect --cluster app'],
  ['get Cluster0', 'doctor --cluster Cluster0'],
  ['get Cluster0 --project p', 'doctor --cluster Cluster0 --project p'],
  ['list Cluster0', 'doctor --cluster Cluster0'],
  ['status Cluster0', 'doctor --cluster Cluster0'],
  ['check Cluster0', 'doctor --cluster Cluster0'],
  ['wait Cluster0', 'doctor --cluster Cluster0'],
  ['wait Cluster0 --until AVAILABLE --profile prod', 'doctor --cluster Cluster0 --profile prod'],
  ['delete Cluster0 -y --project p --profile=prod', 'disconnect --cluster Cluster0 --project p --profile prod'],
  ['--sandbox update Cluster0 --add us-west-2 -q', 'doctor --cluster Cluster0 --sandbox --quiet'],
  ['wait Cluster0 --until AVAILABLE --json --project', 'doctor --cluster Cluster0 --project --json'],
  ['connectionstring Cluster0', 'connection-strings --cluster Cluster0'],
];

/** What people type, and what the hint says if there is no command line that certainly does the same. */
const named: [typed: string, hint: string][] = [
  ['apply', 'atlas-pe list --output terraform'],
  ['export', 'atlas-pe list --output terraform'],
  ['clusters', 'Use the Atlas CLI for clusters. To check how one is connected: atlas-pe doctor --cluster NAME'],
  ['clusters list --projectId p', 'Use the Atlas CLI for clusters.'],
  ['logs', 'atlas-pe doctor --cluster NAME'],
  [
    '--sandbox clusters --project p --output json --fields id',
    'atlas-pe doctor --cluster NAME --project p --sandbox',
  ],
  ['upgrade', 'Install a newer version with npm.'],
  ['create us-east-1 --vpc-id vpc-1', 'Commands with --vpc: connect'],
  ['create us-east-1 --subnet-ids subnet-1', 'Commands with --subnet: connect'],
  ['list --watch --status failed', 'Did you mean wait?'],
  ['list --force', 'Commands with --yes: connect, disconnect, convert, delete'],
  ['list --filter status=FAILED', 'Did you mean --query or --status?'],
  ['get us-east-1 --filter x', 'Did you mean --query?'],
  ['list --resource-group x', 'Commands with --resource-group: connect'],
  ['list -n p', 'Did you mean --project?'],
  ['list -l team=data', 'See atlas-pe list --help'],
  ['delete -f x.yaml', 'See atlas-pe delete --help'],
  ['list --limit 10', 'Did you mean --query?'],
  ['kubectl apply -f x.yaml', 'To write Terraform configuration'],
  ['kubectl logs x', 'Use the Atlas CLI for logs.'],
  ['ec2 create-vpc-endpoint --service-name x', 'Did you mean connect?'],
  ['delete projects', 'An id has 24 hex digits.'],
  ['delete us-east-1 --purge', 'Did you mean --cascade?'],
  ['delete --all', 'It takes one endpoint: run it once for each. See atlas-pe delete --help'],
  [
    'disconnect --all --yes',
    'It takes one endpoint, or --cluster: run it once for each. See atlas-pe disconnect --help',
  ],
  ['connect --all', 'It takes one endpoint, or --cluster'],
  ['disconnect Cluster0 6b0913a35fde1ed46a38b01a --yes', 'An id has 24 hex digits.'],
  ['connect us-east-1 -n', 'Did you mean --project or --dry-run?'],
  ['list -o wide', 'Did you mean table?'],
  ['list -o text', 'Did you mean tsv?'],
  ['list -o constructor', 'Valid values: table'],
  ['list --check=no', 'See atlas-pe list --help'],
  ['state rm us-east-1', 'See atlas-pe --help'],
  ['gcloud frobnicate', 'See atlas-pe --help'],
  ['list clusters', 'Use the Atlas CLI for clusters.'],
  ['connect us-east-1 eu-west-1', 'run it once for each'],
  ['profile work', 'Commands: list, use, delete'],
  ['create interface', 'Did you mean interface add?'],
  ['login aws', 'See atlas-pe login --help'],
  ['projects Sandbox', 'See atlas-pe projects --help'],
  ['delete failed', 'An id has 24 hex digits.'],
  ['update us-east-1 eu-west-1', 'See atlas-pe update --help'],
  ['delete all --yes', 'An id has 24 hex digits.'],
  ['wait us-east-1 --timeout 10', 'Did you mean 10s or 10m?'],
  [`wait ${vpce('a')}`, 'It is the id of an interface endpoint.'],
  ['list --format {{.}}', 'Did you mean --output?'],
  ['wait us-east-1 --for=delete', 'Did you mean --until?'],
  ['list --project-id', 'Did you mean --project?'],
  ['login --private-key secret', 'Did you mean --with-key?'],
  ['privateEndpoints aws create us-east-1 --nonsense x', 'Did you mean create?'],
  ['auth login --nonsense x', 'Did you mean login?'],
  ['frobnicate', 'See atlas-pe --help'],
  // Nothing that changes is named where something else was meant, or nothing certain.
  ['wait delete us-east-1', 'An id has 24 hex digits.'],
  ['wait delete', 'An id has 24 hex digits.'],
  ['delete project 64f0c2a7e1b2c3d4e5f60718 --yes', 'See atlas-pe delete --help'],
  ['delete sandbox', 'An id has 24 hex digits.'],
  ['disconnect profile prod --yes', 'An id has 24 hex digits.'],
  ['create project foo', 'See atlas-pe create --help'],
  ['--sandbox connect useast2 --provider azure', 'An id has 24 hex digits.'],
  ['update add us-west-2', 'See atlas-pe update --help'],
  ['wait us-east-1 1 hour 30 min', 'An id has 24 hex digits.'],
  ['list --status NOT AVAILABLE', 'See atlas-pe list --help'],
  ['delete interface us-east-1 --yes', 'See atlas-pe delete --help'],
  ['connect rm us-east-1', 'See atlas-pe connect --help'],
  ['connect us-east-1 off', 'See atlas-pe connect --help'],
  ['configure set region us-east-1', 'Did you mean login or config?'],
  ['set region us-east-1', 'Did you mean config set?'],
  ['delete cluster Cluster0 --yes', 'Use the Atlas CLI for clusters.'],
  ['list -o jsonpath={.items}', 'Did you mean --query?'],
  ['login secret SECRET', 'See atlas-pe login --help'],
];

/** What works as it is. */
const working = [
  ['ls', 'list'],
  ['describe us-east-1', 'get'],
  ['show us-east-1', 'get'],
  ['rm us-east-1', 'delete'],
  [`interface create us-east-1 ${vpce('a')}`, 'interface add'],
  [`interface delete us-east-1 ${vpce('a')}`, 'interface remove'],
  [`interface detach us-east-1 ${vpce('a')}`, 'interface remove'],
  ['create us-east-1', 'create'],
  ['create US_EAST_1 --wait', 'create'],
  ['list -h', undefined],
] as const;

test.each(lines)('%s: %s', async (typed, line) => {
  await ends(typed, 2, `\nHint: Did you mean: atlas-pe ${line}\n`, '');
  expect(parse(line.split(' ')).kind).toBe(line.startsWith('help') ? 'help' : 'run');
});

test.each(notFound)('%s is not found: %s', async (typed, line) => {
  await ends(`--sandbox ${typed}`, 3, `\nHint: Did you mean: atlas-pe --sandbox ${line}\n`, '');
});

test.each(clusters)('%s: %s', async (typed, line) => {
  await ends(typed, 2, `\nHint: If it is the name of a cluster: atlas-pe ${line}\n`, '');
});

test.each(named)('%s: %s', async (typed, hint) => {
  const { stderr } = await ends(typed, 2, /^Error: .*\nHint: .*\n$/, '');
  expect(stderr).toContain(hint);
  expect(stderr).not.toMatch(/secret/i);
});

test.each(working)('%s works', (typed, path) => {
  const read = parse(typed.split(' '));
  expect(read.kind === 'run' ? read.line.path.join(' ') : undefined).toBe(path);
});

test('hinted command lines do what was meant', async () => {
  const { env, clock } = await testSandbox();
  const follow = async (typed: string, exitCode = 0) => {
    clock.advance(1);
    const { stderr } = await runCli(typed.split(' '), { env, clock });
    const line = /Did you mean: atlas-pe (.*)\n/.exec(stderr)?.[1] ?? '';
    const run = await runCli(line.split(' '), { env, clock });
    expect([line, run.exitCode], run.stderr).toEqual([line, exitCode]);
    return run.stdout;
  };
  await follow(`privateEndpoints aws create --region us-east-1 --projectId ${project} --wait`);
  await follow(`privateEndpoints azure create --region US_EAST_2 --wait`);
  expect(await follow('privateEndpoints azure list --format id')).toMatch(/^\w{24}\n$/);
  const service = (await follow('status us-east-1 --format id')).trim();
  await follow(`privateEndpoints aws interfaces create ${service} --privateEndpointId ${vpce('a')} --wait`);
  expect(
    await follow(`privateEndpoints aws interfaces describe ${vpce('a')} --endpointServiceId ${service} -o id`),
  ).toBe(`${vpce('a')}\n`);
  await follow('watch us-east-1');
  await follow('edit us-east-1 --add us-west-2');
  await follow('auth status');
  await follow('projects list');
  await follow('privateEndpoints regionalModes describe');
  await follow('check us-east-1', 6);
  await follow(`detach us-east-1 ${vpce('a')} --force --wait`);
  await follow('destroy us-east-1 -auto-approve --wait');
});

test('the synonyms are many, are no names of ours, and lead to what exists', () => {
  const theirs = [...commandSynonyms, ...elsewhere].flatMap(([, words]) => words.split(', '));
  const options = [...optionSynonyms, ...namesOnly].flatMap(([, words]) => words.split(', '));
  expect(theirs.length + options.length).toBeGreaterThan(200);
  const names = branches.flatMap(([path, branch]) => {
    const all = [branch.name, ...('aliases' in branch ? (branch.aliases ?? []) : [])];
    return all.map((name) => [...path.slice(0, -1), name].join(' '));
  });
  expect(theirs.filter((words) => names.includes(words))).toEqual([]);
  expect(theirs.filter((words) => words !== words.toLowerCase())).toEqual([]);
  const long = [
    'help',
    'version',
    ...Object.keys(everywhere),
    ...commands.flatMap(([, { flags = {} }]) => Object.keys(flags)),
  ].map(longName);
  for (const [ours] of [...optionSynonyms, ...namesOnly])
    if (ours.startsWith('-')) expect(long, ours).toContain(ours.split(' ')[0]);
  for (const [ours] of [...commandSynonyms, ...elsewhere].filter(([each]) => !/^(?:-|atlas )/.test(each)))
    expect(() => isPossible(ours), ours).not.toThrow();
});

/** Throws if no command starts like this. */
function isPossible(words: string): void {
  try {
    parse(words.split(' ').filter(Boolean));
  } catch (error) {
    if (!(error instanceof LineError) || !/^missing/.test(error.problem.kind)) throw error;
  }
}

test.each([
  ['create --kind dataFederation us-east-1', 'dataFederation privateEndpoints'],
  ['list --kind=stream', 'streams privateLinks'],
  ['list --kind encryption-at-rest --json', 'api encryptionAtRestUsingCustomerKeyManagement'],
  ['dataFederation', 'dataFederation privateEndpoints'],
  ['atlas dataFederation privateEndpoints list', 'dataFederation privateEndpoints'],
  ['privateEndpoints dataLakes aws list', 'dataFederation privateEndpoints'],
  ['streams', 'streams privateLinks'],
  ['list streams', 'streams privateLinks'],
  ['encryption', 'api encryptionAtRestUsingCustomerKeyManagement'],
  ['backups list', 'api cloudBackups'],
])('%s: the Atlas CLI has it', async (line, command) => {
  await ends(line, 2, `Hint: Use the Atlas CLI for private endpoints of `);
  await ends(line, 2, `: atlas ${command} --help`);
});

test('--kind with anything else is an unknown option', async () => {
  for (const line of ['create --kind cluster us-east-1', 'list --kind', 'get --kind nope'])
    await ends(line, 2, /^Error: Unknown option '--kind'\.\nHint: See atlas-pe \w+ --help\n$/);
});

test('a line that nothing can correct ends soon', async () => {
  const started = performance.now();
  for (const line of ['watch -w -f -A '.repeat(8).trim(), 'status '.repeat(12).trim(), '-w '.repeat(20).trim()])
    expect((await runCli(line.split(' '))).exitCode).toBe(2);
  expect(performance.now() - started).toBeLessThan(5000);
});

test.each([
  ['list --fields id,private_link_id', 'id'],
  ['list --fields service_name', 'endpointServiceName'],
  ['list --fields name', 'endpointServiceName'],
  ['list --fields vpcEndpointId', 'interfaceEndpoints'],
  ['interface list --fields vpcEndpointId', 'id'],
  ['interface list --fields interfaceEndpointId', 'id'],
  ['list --fields groupId', 'projectId'],
  ['list --fields state', 'status'],
  ['list --sort state', 'status'],
  ['projects --fields projectId', 'id'],
  ['list --fields error', 'errorMessage'],
  ['list --fields constructor', undefined],
])('%s: %s', async (line, key) => {
  const { stderr } = await ends(`--sandbox ${line}`, 2, /^Error: Unknown field '.*'\.\nHint: .*\bValid fields: id, /);
  expect(/Did you mean (\w+)\?/.exec(stderr)?.[1]).toBe(key);
});

test.each([
  'list --fields endpoint_service_name,interface_endpoints,project_id',
  'list --fields STATUS,INTERFACES',
  'list --sort -created_at',
])('%s works', async (line) => {
  await ends(`--sandbox ${line}`, 0, '', '');
});
