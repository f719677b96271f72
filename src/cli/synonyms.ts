/* What people type by habit from other programs. Only usage errors load this. Of several rows, the first one that works counts. */

export type Rows = readonly (readonly [ours: string, theirs: string])[];

const service =
  'atlas, aws, aws ec2, ec2, az, gcloud, kubectl, gh, fly, privateendpoint, privateendpoint ' +
  'aws, endpoint, service, svc, pe, privatelink';
const own = 'interfaces, interface-endpoint, vpc-endpoint, vpce, network private-endpoint, compute forwarding-rule';
const modes = 'regionalmode, privateendpoint regionalmode';

/** Commands. Letter case, a plural `s` and dashes don't matter. What follows stays: `interfaces create` is `interface create`. */
export const commandSynonyms = [
  ['list', 'endpoint get, service get, svc get'],
  ['', service],
  ['list', service],
  ['--provider azure', 'privateendpoint azure'],
  ['--provider gcp', 'privateendpoint gcp'],
  ['interface', own],
  ['interface list', `${own}, describe-vpc-endpoint`],
  ['regional-mode', modes],
  ['regional-mode get', `${modes}, regionalmode status, regionalmode show`],
  ['create', 'new, add, make, provision'],
  ['list', 'status, state list'],
  ['get', 'status, state show, info, inspect, view'],
  ['delete', 'destroy, remove, del, drop, terminate'],
  ['wait', 'watch, monitor, poll'],
  ['update', 'edit, modify, patch'],
  ['interface add', 'attach, add, accept'],
  ['interface remove', 'detach, delete-vpc-endpoint'],
  ['update --add', 'add'],
  ['connect --dry-run', 'plan, preview'],
  ['connect', 'create-vpc-endpoint, network private-endpoint create, setup, link, up, deploy, launch'],
  ['disconnect', 'unlink, teardown, down, undo, rollback'],
  ['doctor', 'check, verify, diagnose, ping, dns, debug, test, validate, troubleshoot, health'],
  ['connection-strings --cluster', 'cluster connectionstring describe'],
  ['connection-strings', 'connectionstring list, string, uri, url'],
  ['regions', 'location, region, zone, region list, account list-location'],
  ['login', 'auth, auth login, sso login, configure, init, config init, signin'],
  ['login --profile', 'profile create, profile add, profile new'],
  ['logout', 'auth logout, signout'],
  ['whoami', 'auth status, auth whoami, account, account show, me, profile show, sts get-caller-identity'],
  ['whoami', 'login status'],
  ['projects', 'project, group, project list, project ls'],
  ['profile', 'profiles'],
  ['profile list', 'profiles, context, account list, config get-context, config list-profile'],
  ['profile use', 'use, switch, auth switch, config use-context, account set, profile set'],
  ['config unset', 'config delete, config remove, config rm'],
  ['profile delete', 'config delete, profile remove'],
  ['config', 'configure'],
  ['config list', 'setting, env, config view'],
  ['config set project', 'set-project, project use, project set'],
  ['config set', 'set, config edit'],
  ['sandbox exec', 'sandbox run, sandbox execute, sandbox shell, exec, run'],
  ['sandbox serve', 'sandbox start, sandbox run, sandbox up'],
  ['help', 'man, manual, doc, usage, explain'],
] as const satisfies Rows;

/** What this program does not do: a command that helps, of ours or of the Atlas CLI; what is typed; what to say. */
export const elsewhere = [
  ['doctor --cluster NAME', 'cluster', 'Use the Atlas CLI for clusters. To check how one is connected:'],
  ['doctor --cluster NAME', 'log, event, alert, metric', 'Use the Atlas CLI for logs. To find problems:'],
  [
    'list --output terraform',
    'apply, import, export, terraform',
    'To write Terraform configuration for what exists:',
  ],
  [
    'atlas dataFederation privateEndpoints --help',
    'data-federation, data-federation private-endpoint, private-endpoint data-lake, data-lake, online-archive',
    'Use the Atlas CLI for private endpoints of Data Federation:',
  ],
  [
    'atlas streams privateLinks --help',
    'stream, stream private-link, stream-processing',
    'Use the Atlas CLI for private endpoints of Stream Processing:',
  ],
  [
    'atlas api encryptionAtRestUsingCustomerKeyManagement --help',
    'encryption, encryption-at-rest',
    'Use the Atlas CLI for private endpoints of encryption at rest:',
  ],
  ['atlas api cloudBackups --help', 'backup', 'Use the Atlas CLI for private endpoints of backups:'],
  ['version', 'upgrade, self-update', 'Install a newer version with npm. To show this version:'],
  ['whoami', 'org, user, apikey, accesslist, api', 'Use the Atlas CLI for this. To show what you can access:'],
] as const;

/** Without -id, -ids or -name at the end. ENDPOINT and INTERFACE: arguments. Empty: not needed. `wait`: a command instead. */
export const optionSynonyms = [
  ['--resource-group', '-g'],
  ['--project', '--group, --namespace, -p'],
  ['--profile', '-P, --context'],
  ['--provider', '--cloud-provider, --cloud'],
  ['--region', '--location, --cloud-region, -r, -l'],
  ['--security-group', '--sg, --sgs'],
  ['--adopt', '--vpc-endpoint, --interface-endpoint, --private-endpoint'],
  ['INTERFACE', '--vpc-endpoint, --interface-endpoint, --private-endpoint, --id'],
  ['--endpoint', '--endpoint-service, --private-link'],
  ['ENDPOINT', '--endpoint-service, --private-link, --endpoint, --uri, --url, --connection-string'],
  ['--from-env', '--env, --env-var, --variable'],
  ['--ip', '--private-endpoint-ip-address, --ip-address, --private-ip'],
  ['--yes', '--force, -f, --rf, --assume-yes, --auto-approve, --no-prompt, --confirm'],
  ['--wait', '-w'],
  ['wait', '--watch, -w, --follow'],
  ['', '--no-wait, --async, --no-cli-pager, --all-regions'],
  ['--until', '--for'],
  ['--status', '--state'],
  ['--sort', '--sort-by, --order-by'],
  ['--timeout', '--wait-timeout'],
  ['--all-projects', '-A, --all, --all-namespaces'],
  ['--all', '-A'],
  ['--output', '--format, --output-format, --out'],
  ['--output yaml', '--yaml'],
  ['--output tsv', '--csv, --tsv, --no-headers, --no-header, --noheaders'],
  ['--verbose', '--debug, -d, --trace'],
  ['--dry-run', '--plan, --what-if'],
  ['--if-exists', '--ignore-not-found'],
  ['--with-key', '--api-key, --public-key, --private-key, --with-token, --token'],
  ['--version', '-V'],
  ['--help', '-?'],
] as const satisfies Rows;

/** Options whose values have another form here, so that only the name is certain. */
export const namesOnly = [
  ['--query', '--filter, --filters, --jq, --template, --selector, --limit, -L, --max-items'],
  ['--status', '--filter, --filters'],
  ['--project', '--org, -n'],
  ['--dry-run', '-n'],
  ['--cascade', '--purge, --recursive'],
] as const satisfies Rows;

export function targetsOf(rows: Rows, words: string) {
  return rows.filter(([, theirs]) => theirs.split(', ').includes(words)).map(([ours]) => ours);
}

/** The rows of a command, in singular or plural, in any case, and with dashes or as several words. */
export function commandsFor<R extends readonly string[]>(rows: readonly R[], words: readonly string[]): R[] {
  const plain = (text = '') => text.toLowerCase().replaceAll(/s?(?:[-_ ]|(?=,)|$)/g, '');
  const typed = plain(words.join(' '));
  return rows.filter(([, theirs]) => plain(theirs).split(',').includes(typed));
}
