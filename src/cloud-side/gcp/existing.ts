import { NotFoundError, UsageError } from '../../base/errors.js';
import { listed } from '../../base/listed.js';
import { pollUntilFound } from '../../base/poll-until-found.js';
import { cmd } from '../../base/shell.js';
import type { CloudContext, ServiceRef } from '../cloud-side.js';
import { CloudError } from '../errors.js';
import type { Compute } from './compute.js';
import { unlessDenied } from './explain.js';
import { type GcpSubnet, hasMark, isUsable, nameIn, type PscAddress, type PscRule, projectIn } from './model.js';
import type { GcpWanted } from './wanted.js';

/** What is there in GCP, and what is wanted. The plan follows from it. */
export interface InGcp {
  project: string;
  region: string;
  wanted: GcpWanted;
  service: ServiceRef | undefined;
  /** All of the region. */
  rules: readonly PscRule[];
  addresses: readonly PscAddress[];
  /** The rule to go on with: one for the service, or the one to adopt. */
  rule: PscRule | null;
  /** The subnet to use: given, or chosen. Null if a rule is there. */
  subnet: GcpSubnet | null;
  /** The name of the address and the rule; null while there is no service. */
  name: string | null;
  /** Why GCP could not be read. */
  unread?: string;
}

type Asked = Pick<InGcp, 'project' | 'region' | 'wanted' | 'service'>;

/** Reads what exists. Changes nothing; throws if it can't work. `like`: rules whose network is used if none is given. */
export async function readGcp(
  compute: Compute,
  line: CloudContext,
  target: Asked,
  like: readonly string[],
): Promise<InGcp> {
  const there = await readRegion(compute, line);
  const { rules, addresses } = there;
  const model = rules.find(({ id }) => like.includes(id));
  const { service, wanted } = target;
  const { network = model?.network, subnet: path = addresses.find(({ ip }) => ip === model?.ip)?.subnet } = wanted;
  const asked = { ...target, wanted: { ...wanted, network, subnet: path } };
  const isChosen = path !== undefined || network !== undefined;
  const given = isChosen ? await chooseSubnet(compute, asked) : undefined;
  const near = rules.filter(({ network }) => network === (given?.network ?? network));
  const rule = wanted.adopt === undefined ? preferred(near, service) : adopted(rules, asked, wanted.adopt);
  if (rule) return { ...asked, ...there, rule, subnet: null, name: rule.id };
  const subnet = given ?? (await chooseSubnet(compute, asked));
  return { ...asked, ...there, rule: null, subnet, name: service ? freeName(there, subnet, service) : null };
}

/** The rules and the addresses of the region. Waits for a new rule that is not listed yet, although its address shows it. */
export async function readRegion(compute: Compute, line: CloudContext): Promise<Pick<InGcp, 'rules' | 'addresses'>> {
  const [rules, addresses] = await Promise.all([compute.rules.list(), compute.addresses.list()]);
  for (const { name, users } of addresses) {
    if (!name.startsWith('atlas-pe-') || !users.includes(name) || rules.some(({ id }) => id === name)) continue;
    const rule = await pollUntilFound(line, async (limits) => (await compute.rules.get(name, limits)) ?? undefined);
    if (rule) rules.push(rule);
  }
  return { rules, addresses };
}

/** The rule for the service to use if there are several: a connected one, then ours, then the first by name. */
function preferred(rules: readonly PscRule[], service: ServiceRef | undefined): PscRule | undefined {
  const rank = (rule: PscRule) => (rule.state === 'ACCEPTED' ? 0 : 2) + (hasMark(rule, service) ? 0 : 1);
  const usable = rules.filter((rule) => rule.target === service?.target && isUsable(rule, service));
  return usable.toSorted((a, b) => rank(a) - rank(b) || (a.id < b.id ? -1 : 1))[0];
}

function adopted(rules: readonly PscRule[], { project, region, service }: Asked, name: string): PscRule {
  const rule = rules.find(({ id }) => id === name);
  if (!rule) {
    const text = 'To attach a forwarding rule of another project, without Google credentials:';
    const commands = [cmd`atlas-pe interface add ${region} ${name} --gcp-project PROJECT --ip ADDRESS`.text];
    throw new NotFoundError(`Forwarding rule ${name} not found in ${project}, ${region}.`, { text, commands });
  }
  if (!service?.target || rule.target === service.target) return rule;
  const hint = 'Choose a forwarding rule for this service, or remove --adopt to create one.';
  throw new UsageError(`${name} connects to ${rule.target || 'something else'}, not to ${service.target}.`, hint);
}

/**
 * The first name that nothing has, or only an address of this program that is free, or whose rule Google doesn't show yet.
 * A rule of this program in another network, or one that can't connect, keeps its name, and the next one gets a number.
 */
function freeName({ rules, addresses }: Pick<InGcp, 'rules' | 'addresses'>, { path }: GcpSubnet, service: ServiceRef) {
  for (let number = 1; ; number++) {
    const name = `atlas-pe-${service.id}${number === 1 ? '' : `-${number}`}`;
    const rule = rules.find(({ id }) => id === name);
    const address = addresses.find((each) => each.name === name);
    if (rule && !hasMark(rule, service)) throw takenError('forwarding rule', name);
    if (address && !hasMark(address, service)) throw takenError('address', name);
    const isUsable =
      !address || address.users.includes(name) || (address.subnet === path && address.users.length === 0);
    if (!rule && isUsable) return name;
  }
}

export function takenError(what: string, name: string): CloudError {
  const hint = 'Delete it, or choose another Google project with --gcp-project.';
  const message = `The ${what} ${name} already exists, and atlas-pe did not create it.`;
  return new CloudError(message, { exit: 'conflict', hint });
}

/** The subnet that is given, or the only usable one. A host project may share its own with this project. */
async function chooseSubnet(compute: Compute, { project, region, wanted }: Asked): Promise<GcpSubnet> {
  const { subnet, network } = wanted;
  const isNamed = (path: string, name = path) => path === name || nameIn(path) === name;
  const fits = (each: GcpSubnet) =>
    each.path.includes(`/regions/${region}/`) && isNamed(each.network, network) && isNamed(each.path, subnet);
  const own = await (subnet?.includes('/') ? compute.subnet(subnet) : compute.subnets());
  const found = own.some(fits) ? own.filter(fits) : (await unlessDenied(sharedSubnets(compute), () => [])).filter(fits);
  const usable = found.filter((each) => each.unusable === undefined);
  const [first] = usable;
  if (first && usable.length === 1) return first;

  const where = `in ${region} of Google project ${project}`;
  const shown = (subnets: readonly GcpSubnet[]) =>
    listed(
      subnets.map(({ path, network, cidr }) => {
        return `${projectIn(path) === project ? nameIn(path) : path} (${nameIn(network)}, ${cidr})`;
      }),
    );
  if (first) {
    const what = `There are ${usable.length} usable subnets ${where}.`;
    throw new UsageError(what, `Choose one with --subnet: ${shown(usable)}`);
  }
  const [odd] = found;
  if (odd) throw new UsageError(`Subnet ${nameIn(odd.path)} ${odd.unusable}.`, 'Choose another subnet.');
  const what = `${subnet ? `subnet ${subnet}` : 'usable subnet'}${network ? ` of network ${nameIn(network)}` : ''}`;
  const known = own.length > 0 ? `Existing subnets: ${shown(own)}` : 'Create one, or check --gcp-project.';
  const hint = subnet?.includes('/') ? `The subnet must be in ${region}.${network ? ' Check --network.' : ''}` : known;
  throw new NotFoundError(`There is no ${what} ${where}.`, hint);
}

/** The subnets that a host project shares; none if there is no host project. */
async function sharedSubnets(compute: Compute): Promise<readonly GcpSubnet[]> {
  const host = await compute.host();
  return host === null ? [] : compute.usableSubnets(host);
}
