import { isIP } from 'node:net';
import type { Provider } from '../atlas/provider.js';
import type { Clock } from '../base/clock.js';
import { interfaceAnswer } from './answers.js';
import { type AttachRequest, attach, detach, findAttachment } from './attaching.js';
import { atlasId, checkFields, providerOf, type Route, route } from './requests.js';
import type { Store } from './store.js';
import { findService, forgetGone, Refusal } from './world.js';

const base = '/groups/*/privateEndpoint/*/endpointService/*/endpoint';

/** The interface endpoints of a service. */
export function interfaceRoutes(store: Store, clock: Clock): Route[] {
  return [
    route('POST', base, async ({ parts, body, fate }) => {
      const [project, provider, id] = placeOf(parts);
      const request = attachRequest(provider, body);
      const now = clock.now();
      const answer = await store.update((old) => {
        const world = forgetGone(old, now);
        const service = findService(world, now, project, provider, id);
        if (service.portMappingEnabled) checkMapped(request);
        const next = attach(world, now, service, request, fate);
        return { world: next.world, answer: interfaceAnswer(next.service, next.attachment, now) };
      });
      return { status: 201, body: answer };
    }),

    route('GET', `${base}/*`, async ({ parts }) => {
      const [[project, provider, id], now] = [placeOf(parts), clock.now()];
      const service = findService(await store.read(), now, project, provider, id);
      const attachment = findAttachment(service, now, interfaceId(provider, parts[3] ?? ''));
      return { status: 200, body: interfaceAnswer(service, attachment, now) };
    }),

    route('DELETE', `${base}/*`, async ({ parts }) => {
      const [[project, provider, id], now] = [placeOf(parts), clock.now()];
      const name = interfaceId(provider, parts[3] ?? '');
      await store.update((old) => {
        const world = forgetGone(old, now);
        const service = findService(world, now, project, provider, id);
        return { world: detach(world, now, service, name), answer: undefined };
      });
      return { status: 202, body: {} };
    }),
  ];
}

function placeOf([group = '', cloud = '', id = '']: readonly string[]): [string, Provider, string] {
  return [atlasId(group, 'groupId'), providerOf(cloud), atlasId(id, 'endpointServiceId')];
}

/** With port mapping the forwarding rule is all there is, and the group is called like it. */
function checkMapped({ id, endpoints = [] }: AttachRequest): void {
  const isOne = endpoints.length === 1 && endpoints[0]?.endpointName === id;
  checkFields({ endpoints: [isOne, 'must be one with port mapping, called like the endpoint group'] });
}

const shapes: Record<Provider, RegExp> = {
  AWS: /^vpce-[0-9a-f]{17}$/,
  AZURE:
    /^\/subscriptions\/[0-9a-f-]{36}\/resource[gG]roups\/[-\w._()]+\/providers\/Microsoft\.Network\/privateEndpoints\/[-\w._()]+$/,
  GCP: /^[a-z][a-z0-9-]*$/,
};

function interfaceId(provider: Provider, id: string): string {
  if (shapes[provider].test(id)) return id;
  throw new Refusal(404, 'PRIVATELINK_INTERFACE_ENDPOINT_ID_MALFORMED', `${id} is malformed.`, [id]);
}

function attachRequest(provider: Provider, body: unknown): AttachRequest {
  const { id, privateEndpointIPAddress, endpointGroupName, gcpProjectId, endpoints } = Object(body) as Record<
    string,
    unknown
  >;
  const isAddress = (value: unknown) => typeof value === 'string' && isIP(value) !== 0;
  switch (provider) {
    case 'AWS':
      checkFields({ id: [typeof id === 'string', 'must not be empty'] });
      return { id: interfaceId(provider, String(id)) };
    case 'AZURE':
      checkFields({
        id: [typeof id === 'string', 'must not be empty'],
        privateEndpointIPAddress: [isAddress(privateEndpointIPAddress), 'must be an IP address'],
      });
      return { id: interfaceId(provider, String(id)), ip: String(privateEndpointIPAddress) };
    case 'GCP': {
      const rules = Array.isArray(endpoints) ? endpoints.map((each) => Object(each) as Record<string, unknown>) : [];
      checkFields({
        endpointGroupName: [typeof endpointGroupName === 'string', 'must not be empty'],
        gcpProjectId: [typeof gcpProjectId === 'string' && gcpProjectId !== '', 'must not be empty'],
        endpoints: [
          rules.length > 0 && rules.every((each) => typeof each.endpointName === 'string' && isAddress(each.ipAddress)),
          'must be names with IP addresses',
        ],
      });
      return {
        id: interfaceId(provider, String(endpointGroupName)),
        gcpProjectId: String(gcpProjectId),
        endpoints: rules.map((each) => ({
          endpointName: String(each.endpointName),
          ipAddress: String(each.ipAddress),
        })),
      };
    }
  }
}
