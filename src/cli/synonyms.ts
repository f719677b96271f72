/*
 * What people type by habit from the Atlas CLI, aws, gcloud, az, kubectl, gh, Terraform and fly. Only usage errors load
 * this. A row has our words, then theirs, comma-separated. Of several rows, the first one that works counts.
 */

export type Rows = readonly (readonly [ours: string, theirs: string])[];

const service =
  'atlas, aws, aws ec2, az, gcloud, kubectl, privateendpoints, privateendpoints aws, endpoints, endpoint, private-endpoint, services, service, privatelink';
const own = 'interfaces, interface-endpoints, vpc-endpoints, vpc-endpoint';
const modes = 'regionalmodes, regionalmode, privateendpoints regionalmodes, privateendpoints regionalmode';

/** Commands, in lower case. What follows stays: `endpoints create` is `create`, and `interfaces create` is `interface create`. */
export const commandSynonyms = [
  ['', service],
  ['list', service],
  ['--provider azure', 'privateendpoints azure'],
  ['--provider gcp', 'privateendpoints gcp'],
  ['interface', own],
  ['interface list', `${own}, describe-vpc-endpoints`],
  ['regional-mode', modes],
  ['regional-mode get', modes],
  ['create', 'new, add, make, provision'],
  ['list', 'status, state, kubectl get endpoints, kubectl get privateendpoints'],
  ['get', 'status, state, info, inspect, view'],
  ['delete', 'destroy, del, drop, terminate'],
  ['wait', 'watch, monitor, poll'],
  ['update', 'edit, modify, patch'],
  ['interface add', 'attach, add, accept'],
  ['interface remove', 'detach, delete-vpc-endpoints'],
  ['connect', 'create-vpc-endpoint, network private-endpoint create, setup, link, up, deploy, launch'],
  ['disconnect', 'unlink, teardown, down'],
  ['doctor', 'check, verify, diagnose, ping, dns, debug, test, validate, troubleshoot, health'],
  ['connection-strings --cluster', 'clusters connectionstrings describe'],
  ['connection-strings', 'connection-string, connectionstrings, connection-strings list, strings, string, uri, url'],
  ['regions', 'locations, region, zones, regions list, account list-locations'],
  ['login', 'auth login, configure, init, config init, signin, sign-in'],
  ['login --profile', 'profile create, profile add, profile new'],
  ['logout', 'auth logout, signout, sign-out'],
  ['whoami', 'auth status, auth whoami, account, account show, me, profile show, sts get-caller-identity'],
  ['projects', 'project, groups, projects list, projects ls'],
  ['profile', 'profiles'],
  ['profile list', 'profiles, context, contexts, account list, config get-contexts'],
  ['profile use', 'use, switch, auth switch, config use-context, account set, profile set'],
  ['profile delete', 'config delete, profile remove'],
  ['config list', 'settings, env, config view'],
  ['config set project', 'set-project, projects use, project set'],
  ['config set', 'set, config edit'],
  ['help', 'man, manual, docs, usage'],
] as const satisfies Rows;

/** Commands of other programs for what this one does not do: ours that comes near, theirs, what to say. */
export const elsewhere = [
  ['doctor --cluster NAME', 'clusters, cluster', 'Use the Atlas CLI for clusters. To check how one is connected:'],
  ['doctor --cluster NAME', 'logs, log, events, alerts, metrics', 'Use the Atlas CLI for logs. To find problems:'],
  ['list --output terraform', 'apply, import, export, terraform', 'To write Terraform configuration for what exists:'],
  ['version', 'upgrade, self-update', 'Install a newer version with npm. To show this version:'],
  ['whoami', 'orgs, users, apikeys, accesslists, api', 'Use the Atlas CLI for this. To show what you can access:'],
] as const;

/**
 * Options with dashes in lower case, without -id, -ids or -name at the end. ENDPOINT and INTERFACE are arguments. An option
 * that is not needed has no name. `wait` is a command instead of the typed one.
 */
export const optionSynonyms = [
  ['--project', '--group, --namespace, -n, -p'],
  ['--profile', '-P, --context'],
  ['--provider', '--cloud-provider, --cloud'],
  ['--region', '--location, --cloud-region, -r, -l'],
  ['--adopt', '--vpc-endpoint, --interface-endpoint, --private-endpoint'],
  ['INTERFACE', '--vpc-endpoint, --interface-endpoint, --private-endpoint'],
  ['--endpoint', '--endpoint-service, --private-link, --id'],
  ['ENDPOINT', '--endpoint-service, --private-link, --endpoint, --id'],
  ['--ip', '--private-endpoint-ip-address, --ip-address, --private-ip'],
  ['--yes', '--force, -f, --assume-yes, --auto-approve, --no-prompt, --confirm'],
  ['--wait', '-w'],
  ['wait', '--watch, -w, --follow'],
  ['', '--no-wait, --async, --no-cli-pager'],
  ['--until', '--for'],
  ['--all-projects', '-A, --all, --all-namespaces'],
  ['--all', '-A'],
  ['--output', '--format, --output-format, --out'],
  ['--verbose', '--debug, -d, --trace'],
  ['--dry-run', '--plan, --what-if'],
  ['--if-exists', '--ignore-not-found'],
  ['--with-key', '--api-key, --public-key, --private-key'],
] as const satisfies Rows;

/** Options whose values have another form here, so that only the name is certain. */
export const namesOnly = [
  ['--query', '--filter, --filters, --jq, --template, --selector'],
  ['--status', '--filter, --filters'],
  ['--project', '--resource-group, -g, --org'],
] as const satisfies Rows;

export function targetsOf(rows: Rows, words: string): readonly string[] {
  return rows.filter(([, theirs]) => theirs.split(', ').includes(words)).map(([ours]) => ours);
}
