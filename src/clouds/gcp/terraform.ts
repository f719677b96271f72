import type { TerraformResource } from '../facts.js';
import type { PscAddress, PscRule } from './model.js';

/**
 * A forwarding rule, and the address that it uses, if that can be read, as resources of Terraform's google provider.
 * Without labels: the provider reads none when it imports, so they would be a change.
 */
export function ruleResources(project: string, rule: PscRule, address: PscAddress | undefined): TerraformResource[] {
  const own = resourceOf('forwardingRules', project, rule, {
    target: rule.target,
    network: rule.network,
    ip_address: rule.ip,
    load_balancing_scheme: '',
    allow_psc_global_access: rule.hasGlobalAccess || null,
  });
  const type = 'google_compute_forwarding_rule';
  const resource = { ...own, type, atlasId: rule.name, refs: { [own.id]: 'name' } };
  if (!address) return [resource];
  const where = { address_type: 'INTERNAL', subnetwork: address.subnet, address: address.ip };
  const used = { ...resourceOf('addresses', project, address, where), type: 'google_compute_address' };
  return [used, { ...resource, values: { ...own.values, ip_address: used.id } }];
}

function resourceOf(folder: string, project: string, one: PscRule | PscAddress, own: TerraformResource['values']) {
  const { name, region, description } = one;
  const id = `projects/${project}/regions/${region}/${folder}/${name}`;
  return { id, importId: id, values: { project, region, name, description: description || null, ...own } };
}
