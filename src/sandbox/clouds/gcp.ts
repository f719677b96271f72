import { checkBody, isAddress } from '../frontend.js';
import { digits, type Service } from '../world.js';
import type { AnswerBody, SandboxCloud } from './all.js';

export const sandboxGcp = {
  service: (service, { region, isReady, attached }) => ({
    endpointGroupNames: attached,
    serviceAttachmentNames: isReady ? serviceAttachments(service, region) : [],
    portMappingEnabled: service.portMappingEnabled,
  }),
  older: {
    endsAt: Date.UTC(2027, 3, 30),
    disabled: 'Private endpoints without port mapping were disabled on 30 April 2027.',
  },
  hosts: ({ portMappingEnabled }) =>
    portMappingEnabled
      ? { prefix: 'psc', firstPort: 1024, lastPort: 65_535, perNode: false }
      : { prefix: 'pl', firstPort: 27_015, lastPort: 27_017, perNode: true },
  names: {
    addresses: ({ endpoints }) =>
      rulesIn(endpoints).flatMap(({ ipAddress }) => (isAddress(ipAddress) ? [String(ipAddress)] : [])),
  },
  // One spans all regions.
  networks: (regions) => (regions.length > 0 ? [{ regions }] : []),
  interfaces: {
    idShape: /^[a-z][a-z0-9-]*$/,
    statuses: { requested: 'INITIATING', pending: 'VERIFIED', failed: 'FAILED' },
    read: ({ endpointGroupName, gcpProjectId, endpoints }, { portMappingEnabled }) => {
      const rules = rulesIn(endpoints);
      const isRule = ({ endpointName, ipAddress }: AnswerBody) =>
        typeof endpointName === 'string' && isAddress(ipAddress);
      checkBody({
        endpointGroupName: [typeof endpointGroupName === 'string', 'must not be empty'],
        gcpProjectId: [typeof gcpProjectId === 'string' && gcpProjectId !== '', 'must not be empty'],
        endpoints: [rules.length > 0 && rules.every(isRule), 'must be names with IP addresses'],
      });
      const isOne = rules.length === 1 && rules[0]?.endpointName === endpointGroupName;
      checkBody({ endpoints: [isOne || !portMappingEnabled, 'must be one with the name of the endpoint group'] });
      return {
        id: String(endpointGroupName),
        gcpProjectId,
        endpoints: rules.map(({ endpointName, ipAddress }) => ({ endpointName, ipAddress })),
      };
    },
    answer: ({ id, gcpProjectId, endpoints }, status, { portMappingEnabled }) => ({
      status,
      endpointGroupName: id,
      gcpProjectId,
      endpoints: rulesIn(endpoints).map((rule) => ({
        ...rule,
        status: status === 'VERIFIED' ? 'INITIATING' : status,
      })),
      portMappingEnabled,
    }),
  },
} as const satisfies SandboxCloud;

export function serviceAttachments(
  { id, portMappingEnabled }: Pick<Service, 'id' | 'portMappingEnabled'>,
  region: string,
): string[] {
  // Port mapping needs one attachment; without it there were six in all recordings of 2026.
  const count = portMappingEnabled ? 1 : 6;
  const name = `projects/p-${digits(id, 24)}/regions/${region}/serviceAttachments/sa-${region}-${digits(id, 24)}`;
  return Array.from({ length: count }, (_, index) => `${name}-${index}`);
}

/** The forwarding rules of a list. Other values become rules without keys. */
export function rulesIn(endpoints: unknown): AnswerBody[] {
  return Array.isArray(endpoints) ? endpoints.map((each) => Object(each) as AnswerBody) : [];
}
