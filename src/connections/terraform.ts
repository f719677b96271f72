import type { Endpoint, InterfaceEndpoint } from '../atlas/model.js';
import { isLeaving } from '../atlas/status.js';
import { type CliError, isFailure } from '../base/errors.js';
import { objects, text, texts } from '../base/json.js';
import { clouds } from '../clouds/all.js';
import { checkTarget } from '../clouds/checks.js';
import type { TerraformResource } from '../clouds/facts.js';
import { canConnect } from '../clouds/found.js';
import { regionNames } from '../clouds/regions.js';
import { shortName } from '../clouds/shapes.js';
import { askEach, eachOf } from '../endpoints/ask.js';
import type { Context } from '../endpoints/context.js';
import { type AnyEndpoint, isOlder, isService } from '../endpoints/family.js';
import { attachedTo, describeInterface, readAttached } from '../endpoints/interfaces/find.js';
import { isRefusal } from '../http/request-error.js';
import { type OpenRegion, openInspections } from './doctor/open-facts.js';
import { Raw } from './hcl.js';
import { blocksOf, labelOf, type Part, whyNoImport } from './terraform-blocks.js';
import { kindParts } from './terraform-kinds.js';

/*
 * Writes existing endpoints as Terraform configuration: resources `mongodbatlas_privatelink_endpoint` and
 * `mongodbatlas_privatelink_endpoint_service` of the current provider, regional mode, and the user's end in the cloud.
 * The import ids follow the documentation of the providers.
 */

export type OnFailure = (what: string, error: CliError) => void;

/**
 * Endpoints as Terraform configuration, with the regional mode of their projects if they are `whole`. Reads their
 * interface endpoints, and the user's ends. Leaves out those that can't be read and calls `onFailure` for them.
 */
export async function writeTerraform(
  context: Pick<Context, 'atlas'>,
  { endpoints, whole }: { endpoints: readonly AnyEndpoint[]; whole: boolean },
  open: OpenRegion,
  onFailure: OnFailure,
): Promise<string> {
  const atlas = await context.atlas();
  const services = endpoints.filter(isService);
  const projects = whole ? [...new Set(services.map(({ projectId }) => projectId))] : [];
  const { answers, failures } = await askEach(projects, (id) => atlas.getRegionalMode(id));
  for (const [id, error] of failures) onFailure(`Regional mode of project ${id}`, error);
  const regional = projects.filter((id) => answers.get(id));
  const inspections = openInspections(open);
  const endsOf = endsReader(inspections);
  const describe = async (endpoint: Endpoint) => {
    const attached = attachedTo([endpoint]);
    const { answers, failures } = await askEach(attached, (each) => readAttached(context, each));
    for (const [each, error] of failures) onFailure(describeInterface(each), error);
    const interfaces = attached.flatMap((each) => answers.get(each) ?? []);
    const ends = await eachOf(interfaces, async (each) => [each.id, await endsOf(endpoint, each)] as const);
    return { endpoint, interfaces, ends: new Map(ends) };
  };
  const described = await eachOf(services, describe).finally(inspections.close);
  const kinds = await askEach(endpoints, (each) => kindParts(atlas, each));
  for (const [{ kind, id }, error] of kinds.failures) onFailure(`${kind} ${id}`, error);
  const others = endpoints.flatMap((each) => kinds.answers.get(each) ?? []);
  return terraformOf(described, regional, others);
}

/** Reads the user's end of an interface endpoint, in the account that it is in. */
function endsReader({ inspection }: ReturnType<typeof openInspections>) {
  /** Why accounts don't answer. No more requests to these: most would fail in the same way, after the same wait. */
  const silent = new Map<string, string>();
  return async (endpoint: Endpoint, attached: InterfaceEndpoint): Promise<End[]> => {
    const { account: title, interfaces, service } = clouds[endpoint.provider];
    const account = interfaces.signIn?.(attached) ?? {};
    const [where = ''] = Object.values(account);
    const key = `${title} ${where}`;
    const read = async (name: string) => {
      const found = await inspection(endpoint, name, account);
      if (!found) return `It is not in ${where === '' ? `this ${title}` : key}.`;
      if (!canConnect(found)) return `It is ${found.state}.`;
      const { result, detail } = checkTarget(name, found.target, service.target(endpoint));
      return result === 'success' ? found.resources() : `It ${detail}.`;
    };
    const failed = (error: unknown) => {
      if (!isFailure(error)) throw error;
      if (!isRefusal(error)) silent.set(key, error.message);
      return error.message;
    };
    const names = isOlder(endpoint) ? interfaces.parts(attached).flatMap(({ name }) => name ?? []) : [attached.id];
    const ends = await eachOf(names, async (name) => {
      const end = silent.get(key) ?? (await read(name).catch(failed));
      return typeof end === 'string' ? [`${name} could not be read: ${end}`] : end;
    });
    return ends.flat();
  };
}

/** Something of the user's end, or why there is nothing. */
type End = TerraformResource | string;

export interface Described {
  endpoint: Endpoint;
  interfaces: readonly InterfaceEndpoint[];
  /** For each interface endpoint, by its id. Each comes after those that it refers to. */
  ends?: ReadonlyMap<string, readonly End[]>;
}

/** `regional`: the projects with regional mode. `more`: what is not of clusters. */
export function terraformOf(all: readonly Described[], regional: readonly string[] = [], more: readonly Part[] = []) {
  const services = all.filter(({ endpoint }) => stays(endpoint)).flatMap((each) => serviceParts(each, regional));
  const modes = services.length > 0 ? regional.map(modePart) : [];
  const parts = [...modes, ...services, ...more];
  return parts.length > 0 ? blocksOf(parts) : '';
}

const toMode = 'mongodbatlas_private_endpoint_regional_mode';

function stays({ status }: { status: string }) {
  return !isLeaving(status);
}

function modePart(id: string, index: number) {
  const label = modeName(id, index);
  return { type: toMode, label, id, importId: id, values: { project_id: id, enabled: true }, refs: {} };
}

function modeName(projectId: string, index: number) {
  return index === 0 ? 'regional_mode' : `regional_mode_${projectId}`;
}

/** A service, what is attached to it, and the user's ends. */
function serviceParts({ endpoint, interfaces, ends }: Described, regional: readonly string[]): Part[] {
  const { id, provider, region, projectId, atlasRegion, supportedRemoteRegions, portMappingEnabled } = endpoint;
  const importId = `${projectId}-${id}-${provider}-${atlasRegion}`;
  const why = whyNoImport(endpoint, importId.split('-').length <= 6);
  const attached = interfaces.filter(stays);
  if (why !== undefined) {
    const too = attached.length > 0 ? ' and its interface endpoints are' : ' is';
    return [`${region} ${id}${too} left out, because Terraform cannot import the endpoint: ${why}`];
  }
  const { service, interfaces: facts } = clouds[provider];
  const label = labelOf(endpoint);
  const target = service.target(endpoint);
  const mode = regional.indexOf(projectId);
  const values = {
    project_id: projectId,
    provider_name: provider,
    region: atlasRegion,
    supported_remote_regions: texts(supportedRemoteRegions).map((each) => regionNames(provider, each).atlasRegion),
    port_mapping_enabled: portMappingEnabled === true || undefined,
    depends_on: mode < 0 ? undefined : [new Raw(`${toMode}.${modeName(projectId, mode)}`)],
  };
  const refs = { [id]: 'private_link_id', ...(target !== null && { [target]: facts.terraform.target }) };
  const parts = attached.flatMap((each) => interfaceParts(each, endpoint, label, ends?.get(each.id) ?? []));
  return [{ type: 'mongodbatlas_privatelink_endpoint', label, id, importId, values, refs }, ...parts];
}

/** The user's end, and what is attached to the service. */
function interfaceParts(attached: InterfaceEndpoint, service: Endpoint, place: string, ends: readonly End[]) {
  const { id, projectId, endpointId, provider, privateEndpointIPAddress, gcpProjectId, endpoints } = attached;
  const importId = [projectId, endpointId, id, provider].join('--');
  const why = whyNoImport(attached, importId.split('--').length === 4);
  if (why !== undefined)
    return [`${id} of ${service.region} ${endpointId} is left out, because Terraform cannot import it: ${why}`];
  const labelled = (each: TerraformResource) => ({ ...each, label: `${place}_${shortName(each.id)}` });
  const found = ends.map((end) => (typeof end === 'string' ? end : labelled(end)));
  const main = found.find((end) => typeof end !== 'string' && end.atlasId === id);
  const rules = objects(endpoints);
  // With port mapping, the only rule is the forwarding rule with the same name as the group.
  const [mapped, nested] = service.portMappingEnabled === true ? [rules[0], []] : [undefined, rules];
  const values = {
    project_id: projectId,
    private_link_id: endpointId,
    endpoint_service_id: typeof main === 'object' ? main.id : id,
    provider_name: provider,
    private_endpoint_ip_address: text(privateEndpointIPAddress ?? mapped?.ipAddress),
    gcp_project_id: text(gcpProjectId),
    endpoints: nested.map((each) => ({ endpoint_name: text(each.endpointName), ip_address: text(each.ipAddress) })),
  };
  const type = 'mongodbatlas_privatelink_endpoint_service';
  return [...found, { type, label: `${place}_${shortName(id)}`, id: `${endpointId} ${id}`, importId, values }];
}
