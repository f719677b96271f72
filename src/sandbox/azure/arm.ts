import { Refusal } from '../refusal.js';

/* The form of Azure Resource Manager: ids, which are compared without case, resources and errors. */

export const sandboxSubscription = '00000000-0000-4000-8000-00000000a71a';
export const sandboxGroup = 'atlas-pe-sandbox';

export interface GroupPlace {
  subscription: string;
  group: string;
}

export function isSame(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

export function groupId({ subscription, group }: GroupPlace): string {
  return `/subscriptions/${subscription}/resourceGroups/${group}`;
}

/** The id of a resource of Microsoft.Network: of the `path` `privateEndpoints/NAME`. */
export function networkId(place: GroupPlace, path: string): string {
  return `${groupId(place)}/providers/Microsoft.Network/${path}`;
}

export function nameIn(id: string): string {
  return id.split('/').at(-1) ?? '';
}

export type Resource = Readonly<Record<string, unknown>> & { id: string };

/** A resource as ARM returns it. Its name and its type are in its id. */
export function resourceOf(id: string, rest: { location?: string; tags?: object; properties: object }): Resource {
  const [, provider = '', ...parts] = id.split(/\/providers\/|\//).slice(4);
  const type = [provider, ...parts.filter((_, index) => index % 2 === 0)].join('/');
  return { name: nameIn(id), id, type, ...rest };
}

/** An error of ARM. `more`: its keys beside `code` and `message`. */
export class AzureRefusal extends Refusal {
  constructor(
    status: number,
    code: string,
    message: string,
    readonly more: Readonly<Record<string, unknown>> = {},
  ) {
    super(status, code, message);
  }
}

/** Refuses a request unless it is fine. */
export function ensure(isFine: unknown, code: string, message: string, status = 400, more = {}): asserts isFine {
  if (!isFine) throw new AzureRefusal(status, code, message, more);
}

export function azureError(refusal: Refusal): Record<string, unknown> {
  const code = refusal.errorCode === 'INVALID_JSON' ? 'InvalidRequestContent' : refusal.errorCode;
  return { code, message: refusal.detail, ...(refusal instanceof AzureRefusal && refusal.more) };
}
