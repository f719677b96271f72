import type { WorldOptions } from '../../src/sandbox/world.js';
import type { CliOptions } from '../helpers/run-cli.js';
import { sharded } from '../helpers/sandbox.js';
import { commands } from '../helpers/tree.js';

/*
 * For each command, one command line that succeeds and one that fails while it runs. The tests of JSON output and of
 * stderr use them.
 */

type Env = Readonly<Record<string, string>>;

interface Case {
  /** The sandbox, if the good command line needs another one to print something. */
  world?: Partial<WorldOptions>;
  /** Command lines that must run first. */
  before?: readonly string[];
  good: string;
  bad: string;
  options?: CliOptions;
}

const created = ['create --region us-east-1 --wait'];
const attached = [...created, 'interface add us-east-1 vpce-0123456789abcdef0 --wait'];
const serving: CliOptions = { onStderr: (_, interrupt) => interrupt('SIGINT') };
const apiKey = ({ ATLAS_PE_PUBLIC_KEY, ATLAS_PE_PRIVATE_KEY }: Env): CliOptions => ({
  stdin: `${ATLAS_PE_PUBLIC_KEY}\n${ATLAS_PE_PRIVATE_KEY}\n`,
});

const cases: Readonly<Record<string, Case | ((env: Env) => Case)>> = {
  create: { good: 'create --region us-east-1 --wait', bad: 'create --region us-east-1' },
  get: { before: created, good: 'get us-east-1', bad: 'get eu-west-1' },
  list: { before: created, good: 'list --region us-east-1', bad: 'list --status nope' },
  delete: { before: created, good: 'delete us-east-1 --yes --wait', bad: 'delete us-east-1' },
  update: { before: created, good: 'update us-east-1 --add eu-west-1', bad: 'update eu-west-1 --add us-east-1' },
  wait: { before: created, good: 'wait us-east-1', bad: 'wait us-east-1 --until DELETED --timeout 1s' },
  regions: { good: 'regions', bad: 'regions --provider nope' },
  connect: { good: 'connect us-east-1 --yes', bad: 'connect us-west-2 --yes' },
  disconnect: {
    before: ['connect us-east-1 --yes'],
    good: 'disconnect us-east-1 --yes',
    bad: 'disconnect us-east-1',
  },
  doctor: {
    // Only the sandbox in the process has DNS.
    before: ['connect us-east-1 --yes --sandbox'],
    good: 'doctor us-east-1 --sandbox',
    bad: 'doctor us-east-1',
  },
  'interface add': {
    before: created,
    good: 'interface add us-east-1 vpce-0123456789abcdef0 --wait',
    bad: 'interface add us-east-1 vpce-0123456789abcdef0',
  },
  'interface get': { before: attached, good: 'interface get us-east-1', bad: 'interface get eu-west-1' },
  'interface list': { before: attached, good: 'interface list us-east-1', bad: 'interface list eu-west-1' },
  'interface remove': {
    before: attached,
    good: 'interface remove us-east-1 vpce-0123456789abcdef0 --yes',
    bad: 'interface remove us-east-1',
  },
  'regional-mode get': { good: 'regional-mode get', bad: 'regional-mode get --project Nope' },
  'regional-mode enable': { world: sharded, good: 'regional-mode enable --yes', bad: 'regional-mode enable' },
  'regional-mode disable': { good: 'regional-mode disable --yes', bad: 'regional-mode disable' },
  'connection-strings': {
    before: attached,
    good: 'connection-strings --wait',
    bad: 'connection-strings --cluster x',
  },
  convert: {
    world: { clusters: [{ name: 'app', regions: [{ provider: 'GCP', atlasRegion: 'US_EAST_4' }] }] },
    before: ['create --provider gcp --region us-east4 --no-port-mapping --wait'],
    good: 'convert us-east4',
    bad: 'convert eu-west-1',
  },
  projects: { good: 'projects', bad: 'projects --fields nope' },
  login: (env) => ({ good: 'login --with-key', bad: 'login', options: apiKey(env) }),
  logout: { good: 'logout', bad: 'logout nope' },
  whoami: { good: 'whoami', bad: 'whoami --fields nope' },
  'profile list': { good: 'profile list', bad: 'profile list --fields nope' },
  'profile use': { before: ['config set output table --profile a'], good: 'profile use a', bad: 'profile use nope' },
  'profile delete': {
    before: ['config set output table --profile one'],
    good: 'profile delete one --yes',
    bad: 'profile delete one',
  },
  'config set': { good: 'config set provider gcp', bad: 'config set private-key' },
  'config get': { good: 'config get project', bad: 'config get nope' },
  'config unset': { good: 'config unset provider', bad: 'config unset nope' },
  'config list': { good: 'config list', bad: 'config list --fields nope' },
  'config path': { good: 'config path', bad: 'config path --fields nope' },
  'sandbox exec': { good: 'sandbox exec -- true', bad: 'sandbox exec' },
  'sandbox serve': { good: 'sandbox serve', bad: 'sandbox serve --port nope', options: serving },
  'sandbox reset': { good: 'sandbox reset', bad: 'sandbox reset --ready-after nope' },
  'sandbox status': { good: 'sandbox status', bad: 'sandbox status --fields nope' },
  completion: { good: 'completion fish', bad: 'completion nope' },
  version: { good: 'version', bad: 'version --fields nope' },
};

/** All commands, with their groups, except help: it prints text in any format. */
export const names = commands.map(([path]) => path.join(' ')).filter((name) => name !== 'help');

/** The command lines for a command, in the sandbox of this environment. */
export function caseOf(command: string, env: Env): Case {
  const found = cases[command];
  if (!found) throw new Error(`test/commands/cases.ts has no case for '${command}'.`);
  return typeof found === 'function' ? found(env) : found;
}
