/* What people type by habit from other programs. Only usage errors load this. Of several rows, the first one counts. */

export type Rows = readonly (readonly [ours: string, theirs: string])[];

const service =
  'atlas, aws, ec2, az, azure, gcp, gcloud, kubectl, gh, fly, privateendpoint, endpoint, service, svc, pe, ' +
  'privatelink, endpoint-service';
const own = 'interface, interface-endpoint, vpc-endpoint, vpce, network private-endpoint, compute forwarding-rule';
const modes = 'regionalmode, regional mode';

/** Nouns and programs before a command: what stands for them here. Empty: nothing. */
export const nouns = [
  ['', service],
  ['interface', own],
  ['regional-mode', modes],
  ['profile', 'profile, context'],
  ['config', 'config, setting'],
] as const satisfies Rows;

/**
 * Commands. Letter case, a plural `s` and dashes don't matter. `.` is the end of the words before the first option; `<id>`,
 * `<interface>`, `<region>`, `<setting>` and `<string>` are words of this form.
 */
export const commandSynonyms = [
  ['list', '., get endpoint ., get service ., get svc ., get all, state list, status ., list-endpoint, list-service'],
  ['get', 'status, info, inspect, view, state show, list <id>, <id> ., <region> ., get-endpoint, get-service'],
  ['create', 'new, make, provision, add <region> ., create-endpoint, create-service'],
  ['delete', 'destroy, del, drop, terminate, delete-endpoint, delete-service'],
  ['wait', 'watch, monitor, poll'],
  ['update', 'edit, modify, patch'],
  ['update --add', 'add <region> to'],
  ['interface list', 'interface ., describe-vpc-endpoint, interface <region>, interface <id>, get interface .'],
  ['interface get', 'get <interface>, list <interface>, interface <interface>, <interface> .'],
  ['interface add', 'attach, accept, add <region> <interface>, add <id> <interface>'],
  ['interface remove', 'detach, delete-vpc-endpoint, delete <interface>'],
  ['regional-mode get', 'regionalmode ., regionalmode status, regionalmode list'],
  ['regional-mode enable', 'enable regionalmode'],
  ['regional-mode disable', 'disable regionalmode'],
  ['connect --dry-run', 'plan, preview'],
  ['connect', 'create-vpc-endpoint, network private-endpoint create, link'],
  ['disconnect', 'unlink, teardown'],
  ['doctor', 'check, verify, diagnose, ping, dns, debug, test, validate, troubleshoot, health'],
  ['doctor', '<string>, get <string>, list <string>, connect <string>, connection-string <string>'],
  ['connection-strings', 'connectionstring, connection, string, uri, url'],
  ['connection-strings', 'cluster connectionstring, list connectionstring, get connectionstring'],
  ['regions', 'location, region, zone, region list, region ls, region get, account list-location'],
  ['login', 'auth ., auth login, sso login, configure ., init ., config init, signin, log-in'],
  ['login --profile', 'profile create, profile add, profile new'],
  ['logout', 'auth logout, signout, log-out'],
  ['whoami', 'auth status, auth whoami, auth list, login status, account ., account show, me, profile show'],
  ['whoami', 'configure list, sts get-caller-identity'],
  ['projects', 'project ., group ., project list, project ls, project get, group list, group get'],
  ['config set project', 'use project, switch project, set-project, project use, project switch, project set'],
  ['config set project', 'use <id>, switch <id>'],
  ['profile list', 'profile ., context ., get profile, account list, config get-context, config list-profile'],
  ['profile use', 'use, switch, auth switch, config use-context, account set, profile set, profile switch'],
  ['profile delete', 'profile remove, config delete-context'],
  ['config unset', 'config delete <setting>, config remove <setting>, config rm <setting>'],
  ['profile delete', 'config delete'],
  ['config list', 'setting ., env ., config view'],
  ['config get', 'configure get'],
  ['config set', 'set <setting>, config edit, configure set'],
  ['sandbox exec', 'sandbox run, sandbox execute, sandbox shell, exec, run'],
  ['sandbox serve', 'sandbox start, sandbox up'],
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

/** Without -id, -ids or -name at the end. ENDPOINT and INTERFACE: arguments. `wait`: a command instead. */
export const optionSynonyms = [
  ['--resource-group', '-g'],
  ['--project', '--group, --namespace, -p, -n'],
  ['--profile', '-P, --context'],
  ['--provider', '--cloud-provider, --cloud'],
  ['--region', '--location, --cloud-region'],
  ['--security-group', '--sg, --sgs'],
  ['--adopt', '--vpc-endpoint, --interface-endpoint, --private-endpoint, --id'],
  ['INTERFACE', '--vpc-endpoint, --interface-endpoint, --private-endpoint, --interface, --id'],
  ['ENDPOINT', '--endpoint-service, --private-link, --endpoint, --service, --id, --uri, --url, --connection-string'],
  ['ENDPOINT', '--region, --location'],
  ['--endpoint', '--endpoint-service, --private-link, --service'],
  ['--from-env', '--env, --env-var, --variable'],
  ['--ip', '--private-endpoint-ip-address, --ip-address, --private-ip'],
  ['--yes', '--force, --assume-yes, --auto-approve, --no-prompt, --confirm'],
  ['--wait', '--watch, --follow, -w'],
  ['wait', '--watch, --follow, -w, --wait'],
  ['--until', '--for, --state, --status'],
  ['--status', '--state'],
  ['--sort', '--sort-by, --order-by'],
  ['--timeout', '--wait-timeout, --watch-timeout'],
  ['--all-projects', '-A, --all-namespaces, --org'],
  ['--all', '-A'],
  ['--output', '--format, --output-format, --out'],
  ['--output yaml', '--yaml'],
  ['--output tsv', '--csv, --tsv, --no-headers, --no-header, --noheaders'],
  ['--query', '--filter, --filters, --jq, --template, --selector, --limit, -L, --max-items'],
  ['--verbose', '--debug, --trace'],
  ['--dry-run', '--plan, --what-if'],
  ['--if-exists', '--ignore-not-found'],
  ['--cascade', '--recursive'],
  ['--with-key', '--api-key, --public-key, --private-key, --with-token, --token'],
  ['--version', '-V'],
  ['--help', '-?'],
] as const satisfies Rows;

/** What a command does without an option that it doesn't have. */
export const without = [
  ['list', '--all', 'list lists all services of the project, and --all-projects those of all projects.'],
  ['get', '--all', 'get shows one service; list lists all of them.'],
  ['doctor', '--all', 'doctor checks all services of the project if none is named.'],
  ['interface list', '--all', 'interface list lists those of all services if none is named.'],
  ['connection-strings', '--all', 'connection-strings lists those of all clusters.'],
  ['connect, disconnect', '--all', 'It takes one endpoint, or --cluster: run it once for each.'],
  ['delete, update, convert', '--all', 'It takes one endpoint: run it once for each.'],
  ['connect, disconnect, convert, wait', '--wait, --watch, --follow, -w', 'It always waits.'],
  ['create, delete, update, interface add, interface remove', '--no-wait, --async', 'It waits only with --wait.'],
] as const;

export function targetsOf(rows: Rows, words: string) {
  return rows.filter(([, theirs]) => theirs.split(', ').includes(words)).map(([ours]) => ours);
}

/** The rows of a command, in singular or plural, in any case, and with dashes or as several words. */
export function commandsFor<R extends readonly string[]>(rows: readonly R[], words: readonly string[]): R[] {
  const plain = (text = '') => text.toLowerCase().replaceAll(/s?(?:[-_ ]|(?=,)|$)/g, '');
  const typed = plain(words.join(' '));
  return rows.filter(([, theirs]) => plain(theirs).split(',').includes(typed));
}
