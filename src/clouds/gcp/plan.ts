import { createHash } from 'node:crypto';
import { cmd } from '../../base/shell.js';
import { pollUntilFound, type RequestLimits } from '../../http/ask.js';
import type { CloudContext, PlannedStep, ServiceRef } from '../cloud.js';
import { checkAdopted, onlySubnet, takenError, unlessRefused } from '../errors.js';
import { deadAmong, existingStep, isMarkedFor, planNotes, preferred } from '../found.js';
import { shortName } from '../shapes.js';
import type { GcpWanted } from './access.js';
import { type Compute, deniedStatuses, type GcpAccess, takenHint } from './compute.js';
import { descriptionFor, type GcpSubnet, type PscAddress, type PscRule } from './model.js';

interface Asked {
  region: string;
  wanted: GcpWanted;
  service: ServiceRef | undefined;
}

/** What exists in GCP, and what is wanted. The plan follows from it. `unread`: why it could not be read. */
export type InGcp = Awaited<ReturnType<typeof readGcp>> & { unread?: string };

/** Reads what exists. Changes nothing; throws if it can't work. `like`: rules whose network is used if none is given. */
export async function readGcp(compute: Compute, context: CloudContext, target: Asked, like: readonly string[] = []) {
  const existing = await readRegion(compute, context);
  const { rules, addresses } = existing;
  const model = rules.find(({ id }) => like.includes(id));
  const { service, wanted } = target;
  const {
    network = model?.network,
    subnet: path = addresses.find(({ users }) => model && users.includes(model.id))?.subnet,
  } = wanted;
  const asked = { ...target, wanted: { ...wanted, network, subnet: path } };
  const given = path === undefined && network === undefined ? null : await chooseSubnet(compute, asked);
  const near = rules.filter((each) => given === null || each.network === given.network);
  const forService = near.filter(({ target }) => target === service?.target);
  const where = `Google project and region (${compute.project}, ${target.region})`;
  const about = { what: 'forwarding rule', id: `${wanted.adopt}`, where };
  const named = rules.find(({ id }) => id === wanted.adopt);
  const rule = wanted.adopt === undefined ? preferred(forService, service) : checkAdopted(named, about, service);
  /** The subnet to use: given, or chosen. Null if a rule is there. */
  const subnet = rule ? null : (given ?? (await chooseSubnet(compute, asked)));
  /** That of the address and the rule; null while there is no service. */
  const name = subnet ? service && freeName(existing, subnet, service, compute.project) : rule?.id;
  return { ...asked, ...existing, rule: rule ?? null, subnet, name: name ?? null };
}

type Region = Awaited<ReturnType<typeof readRegion>>;

/** The rules and the addresses of the region. Waits for a new rule that is not listed yet, although its address shows it. */
export async function readRegion(compute: Compute, context: CloudContext) {
  const [rules, addresses] = await Promise.all([compute.rules.list(), compute.addresses.list()]);
  for (const { name, users } of addresses) {
    if (!name.startsWith('atlas-pe-') || !users.includes(name) || rules.some(({ id }) => id === name)) continue;
    const read = async (limits: RequestLimits) => (await compute.rules.get(name, limits)) ?? undefined;
    const rule = await pollUntilFound(context, read);
    if (rule) rules.push(rule);
  }
  const used = (rule: PscRule) => addresses.filter(({ users }) => users.includes(rule.id)).map(({ id }) => id);
  return { rules: rules.map((rule): PscRule => ({ ...rule, uses: used(rule) })), addresses };
}

/** The first name that nothing has but a free address of ours. A rule in another network, or that can't connect, keeps its name. */
function freeName({ rules, addresses }: Region, { path }: GcpSubnet, service: ServiceRef, project: string) {
  // Atlas knows the rules of all Google projects by their names.
  const ofProject = createHash('sha256').update(project).digest('hex').slice(0, 8);
  for (let number = 1; ; number++) {
    const name = `atlas-pe-${service.id}-${ofProject}${number === 1 ? '' : `-${number}`}`;
    const rule = rules.find(({ id }) => id === name);
    const address = addresses.find((each) => each.name === name);
    if (rule && !isMarkedFor(rule, service)) throw takenError(`The forwarding rule ${name}`, takenHint);
    if (address && !isMarkedFor(address, service)) throw takenError(`The address ${name}`, takenHint);
    // The rule that uses the address may be our own, which Google doesn't show yet.
    const isFree =
      !address || address.users.includes(name) || (address.subnet === path && address.users.length === 0);
    // Atlas would take a rule of this name for the one that it has refused.
    if (!rule && isFree && !service.ended.includes(name)) return name;
  }
}

/** The subnet that is given, or the only usable one. A host project may share its own with this project. */
async function chooseSubnet(compute: Compute, { region, wanted }: Asked) {
  const { subnet, network } = wanted;
  const isHere = ({ path }: GcpSubnet) => path.includes(`/regions/${region}/`);
  const own = (await (subnet?.includes('/') ? compute.subnet(subnet) : compute.subnets())).filter(isHere);
  const isNamed = (path: string, name = path) => path === name || shortName(path) === name;
  const isFound = own.some((each) => isNamed(each.network, network) && isNamed(each.path, subnet));
  const shared = isFound ? [] : ((await unlessRefused(compute.sharedSubnets(), ...deniedStatuses)) ?? []);
  const options = [
    ['network', network, (each: GcpSubnet) => each.network],
    ['subnet', subnet, (each: GcpSubnet) => each.path],
  ] as const;
  return onlySubnet([...own, ...shared.filter(isHere)], options, {
    where: `in ${region} of Google project ${compute.project}`,
    flags: '--subnet',
    otherwise: `The subnet must be in ${region}. Create one, or check --gcp-project.`,
    title: ({ path, network, cidr }) => `${shortName(path)} (${shortName(network)}, ${cidr})`,
  });
}

export type GcpPlan = ReturnType<typeof planGcp>;

export function planGcp(existing: InGcp, { project, principal }: GcpAccess) {
  const { region, rule, rules, subnet, wanted, service, addresses, name, unread } = existing;
  const address = addresses.find((each) => each.name === name && isMarkedFor(each, service));
  const isGlobal = rule?.hasGlobalAccess ?? wanted.globalAccess;
  const isIgnored = wanted.globalAccess && !isGlobal;
  const network = rule?.network ?? subnet?.network ?? '';
  const near = rules.filter((each) => each.target === service?.target && each.network === network);
  const signedIn = principal === null ? '' : `, signed in as ${principal}`;
  const shownNetwork = network.startsWith(`projects/${project}/`) ? shortName(network) : network;
  const ranges = subnet ? [subnet.cidr] : [];
  return {
    existing,
    account: project,
    endpoint: rule,
    dead: deadAmong(near, rule, service),
    steps: stepsOf(existing, address),
    network: network === '' ? null : { id: network, ranges },
    places: [
      { title: 'Google project', detail: `${project || 'unknown'}${signedIn}` },
      ...(network ? [{ title: 'VPC network', detail: `${shownNetwork}, ${region}` }] : []),
      ...(subnet ? [{ title: 'Subnet', detail: `${shortName(subnet.path)} (${subnet.cidr})` }] : []),
    ],
    costs: [
      'GCP: the Private Service Connect endpoint per hour, ' +
        `data${isGlobal ? ' and transfer between regions' : ''} per GB: ` +
        'https://cloud.google.com/vpc/network-pricing',
    ],
    commands: commandLines(existing, project, address !== undefined),
    notes: planNotes({ what: 'Google project', unread }, rule, isIgnored ? ['--global-access'] : []),
  };
}

function stepsOf({ rule, service, subnet, wanted, region }: InGcp, address: PscAddress | undefined): PlannedStep[] {
  if (rule) return [existingStep(rule, service)];
  const reach = wanted.globalAccess ? 'all regions' : region;
  return [
    address
      ? { id: 'address', action: 'done', detail: `${address.name} (${address.ip})`, name: address.name }
      : { id: 'address', action: 'create', detail: `in the subnet ${shortName(subnet?.path ?? '')}`.trim() },
    { id: 'forwarding-rule', action: 'create', detail: `to the Atlas service, for clients in ${reach}` },
  ];
}

/** The same as `gcloud` command lines, for somebody without access to Atlas. None until every name is known. */
function commandLines(existing: InGcp, project: string, hasAddress: boolean) {
  const { region, service, rule, subnet, name, wanted } = existing;
  if (rule || !service?.target || !subnet || name === null) return [];
  const where = cmd`--project ${project} --region ${region} --description ${descriptionFor(service)}`;
  const target = cmd`--network ${subnet.network} --address ${name} --target-service-attachment ${service.target}`;
  const global = wanted.globalAccess ? ['--allow-psc-global-access'] : [];
  const lines = [
    cmd`gcloud compute addresses create ${name} --subnet ${subnet.path} ${where}`,
    cmd`gcloud compute forwarding-rules create ${name} ${target} ${global} ${where}`,
  ];
  return lines.slice(hasAddress ? 1 : 0).map(({ text }) => text);
}
