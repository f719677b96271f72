import { listed } from '../../base/listed.js';
import type { CloudContext } from '../cloud-side.js';
import { CloudError } from '../errors.js';
import type { Compute } from './compute.js';
import { permissionHint, quotaHint, unlessDenied } from './explain.js';
import { nameIn, projectIn } from './model.js';

/* Google has no dry run of a create. These are its ways to ask beforehand. */

const read = ['addresses.get', 'addresses.list', 'forwardingRules.get', 'forwardingRules.list', 'regionOperations.get'];
const needed = {
  create: [...read, 'addresses.createInternal', 'addresses.use', 'forwardingRules.create', 'forwardingRules.pscCreate'],
  delete: [...read, 'addresses.deleteInternal', 'forwardingRules.delete', 'forwardingRules.pscDelete'],
};

/** Throws if a permission, or the quota for a new endpoint in the subnet, is missing. */
export async function rehearseGcp(
  google: Compute,
  { io }: CloudContext,
  what: keyof typeof needed,
  subnet = '',
  hasAddress = false,
) {
  const permissions = needed[what].filter((each) => !hasAddress || each !== 'addresses.createInternal');
  const { project, missing } = google;
  const check = async (where: string, asked: Promise<readonly string[]>) => {
    // An API for this may be off: what follows may be allowed.
    const lacking = await unlessDenied(asked, ({ message }) => {
      io.warn(`Cannot check the permissions in Google project ${where}. ${message}`);
      return [];
    });
    const message = `Missing permissions in Google project ${where}: ${listed(lacking, 20)}.`;
    const details = { exit: 'notAllowed', errorCode: 'forbidden', hint: permissionHint } as const;
    if (lacking.length > 0) throw new CloudError(message, details);
  };
  const host = projectIn(subnet);
  // An endpoint registers itself in Service Directory. A host project may allow its network only where its subnet is.
  const directory = ['namespaces', 'services'].map((each) => `servicedirectory.${each}.${what}`);
  const network = host === project ? ['compute.networks.use'] : [];
  await check(project, missing([...permissions.map((each) => `compute.${each}`), ...directory, ...network]));
  if (subnet === '') return;
  await check(`${host} (subnet ${nameIn(subnet)})`, missing(['compute.subnetworks.use'], subnet));
  // Who may create these may not always read quotas.
  const quotas = await unlessDenied(google.quotas(), () => []);
  const metrics = ['PSC_INTERNAL_LB_FORWARDING_RULES', ...(hasAddress ? [] : ['INTERNAL_ADDRESSES'])];
  const full = quotas.find(
    ({ metric, limit, usage }) => metrics.includes(`${metric}`) && Number(usage) >= Number(limit),
  );
  if (!full) return;
  const message = `The quota ${full.metric} of Google project ${project} is used up (${full.usage} of ${full.limit}).`;
  throw new CloudError(message, { exit: 'notAllowed', errorCode: 'quotaExceeded', hint: quotaHint });
}
