import { listed } from '../../base/listed.js';
import type { CloudContext } from '../cloud-side.js';
import { CloudError } from '../errors.js';
import type { Compute } from './compute.js';
import { permissionHint, quotaHint, unlessDenied } from './explain.js';
import { type GcpSubnet, nameIn, projectIn } from './model.js';

/* Google has no dry run of a create. These are its ways to ask beforehand. */

const read = ['addresses.get', 'addresses.list', 'forwardingRules.get', 'forwardingRules.list', 'regionOperations.get'];
const compute = {
  create: [...read, 'addresses.createInternal', 'addresses.use', 'forwardingRules.create', 'forwardingRules.pscCreate'],
  delete: [...read, 'addresses.deleteInternal', 'forwardingRules.delete', 'forwardingRules.pscDelete'],
};

/** Throws if a permission in the project is missing. An endpoint registers itself in Service Directory. */
export async function rehearseGcp(
  google: Compute,
  line: CloudContext,
  project: string,
  what: 'create' | 'delete',
  more: readonly string[] = [],
): Promise<void> {
  const directory = ['namespaces', 'services'].map((each) => `servicedirectory.${each}.${what}`);
  const permissions = [...compute[what].map((each) => `compute.${each}`), ...directory, ...more];
  await checkMissing(line, project, google.missing(permissions));
}

/** Throws if a permission or a quota for a new endpoint in the subnet is missing. */
export async function rehearseCreate(google: Compute, line: CloudContext, project: string, { path }: GcpSubnet) {
  const host = projectIn(path);
  // A host project may allow its network only where its subnet is.
  await rehearseGcp(google, line, project, 'create', host === project ? ['compute.networks.use'] : []);
  const inSubnet = google.missing(['compute.subnetworks.use'], path);
  await checkMissing(line, `${host} (subnet ${nameIn(path)})`, inSubnet);
  // Who may create these may not always read quotas.
  const quotas = await unlessDenied(google.quotas(), () => []);
  const metrics = ['PSC_INTERNAL_LB_FORWARDING_RULES', 'INTERNAL_ADDRESSES'];
  const full = quotas.find(
    ({ metric, limit, usage }) => metrics.includes(`${metric}`) && Number(usage) >= Number(limit),
  );
  if (!full) return;
  const what = `The quota ${full.metric} of Google project ${project} is used up (${full.usage} of ${full.limit}).`;
  throw new CloudError(what, { exit: 'notAllowed', errorCode: 'quotaExceeded', hint: quotaHint });
}

async function checkMissing({ io }: CloudContext, where: string, asked: Promise<readonly string[]>): Promise<void> {
  // An API for this may be off: what follows may be allowed.
  const missing = await unlessDenied(asked, ({ message }) => {
    io.warn(`Cannot check the permissions in Google project ${where}. ${message}`);
    return [];
  });
  if (missing.length === 0) return;
  const what = `Missing permissions in Google project ${where}: ${listed(missing, 20)}.`;
  throw new CloudError(what, { exit: 'notAllowed', errorCode: 'forbidden', hint: permissionHint });
}
