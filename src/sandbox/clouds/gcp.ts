import { digits } from '../chance.js';
import { checkBody, isAddress } from '../refusal.js';
import type { AnswerBody, SandboxCloud } from './cloud.js';

export const sandboxGcp = {
  service: ({ id, portMappingEnabled }, { region, isReady, attached }) => {
    // Port mapping needs one attachment; without it there were six in all recordings of 2026.
    const count = portMappingEnabled ? 1 : 6;
    const attachment = (index: number) =>
      `projects/p-${digits(id, 24)}/regions/${region}/serviceAttachments/sa-${region}-${digits(id, 24)}-${index}`;
    return {
      endpointGroupNames: attached,
      serviceAttachmentNames: isReady ? Array.from({ length: count }, (_, index) => attachment(index)) : [],
      portMappingEnabled,
    };
  },
  older: {
    endsAt: Date.UTC(2027, 3, 30),
    disabled: 'Private endpoints without port mapping were disabled on 30 April 2027.',
  },
  hosts: ({ portMappingEnabled }) =>
    portMappingEnabled
      ? { prefix: 'psc', firstPort: 1024, lastPort: 65_535, perNode: false }
      : { prefix: 'pl', firstPort: 27_015, lastPort: 27_017, perNode: true },
  names: {
    alias: () => null,
    addresses: ({ endpoints }) =>
      rulesIn(endpoints).flatMap(({ ipAddress }) => (isAddress(ipAddress) ? [String(ipAddress)] : [])),
  },
  // One spans all regions.
  networks: (regions) => (regions.length > 0 ? [{ regions }] : []),
  interfaces: {
    idShape: /^[a-z][a-z0-9-]*$/,
    onTheWay: ['INITIATING', 'VERIFIED'],
    failed: 'FAILED',
    read: ({ endpointGroupName, gcpProjectId, endpoints }) => {
      const rules = rulesIn(endpoints);
      const isRule = ({ endpointName, ipAddress }: AnswerBody) =>
        typeof endpointName === 'string' && isAddress(ipAddress);
      checkBody({
        endpointGroupName: [typeof endpointGroupName === 'string', 'must not be empty'],
        gcpProjectId: [typeof gcpProjectId === 'string' && gcpProjectId !== '', 'must not be empty'],
        endpoints: [rules.length > 0 && rules.every(isRule), 'must be names with IP addresses'],
      });
      return {
        id: String(endpointGroupName),
        gcpProjectId,
        endpoints: rules.map(({ endpointName, ipAddress }) => ({ endpointName, ipAddress })),
      };
    },
    // With port mapping, the endpoint group has one forwarding rule, with the same name.
    checkFits: ({ portMappingEnabled }, { id, endpoints }) => {
      if (!portMappingEnabled) return;
      const [only, ...others] = rulesIn(endpoints);
      const isOne = others.length === 0 && only?.endpointName === id;
      checkBody({ endpoints: [isOne, 'must be one with the name of the endpoint group'] });
    },
    answer: ({ id, gcpProjectId, endpoints }, status, { portMappingEnabled }) => ({
      status,
      endpointGroupName: id,
      gcpProjectId,
      endpoints: rulesIn(endpoints).map((rule) => ({ ...rule, status: status === 'VERIFIED' ? 'INITIATING' : status })),
      portMappingEnabled,
    }),
  },
} as const satisfies SandboxCloud;

/** The forwarding rules of a list. Other values become rules without keys. */
function rulesIn(endpoints: unknown): AnswerBody[] {
  return Array.isArray(endpoints) ? endpoints.map((each) => Object(each) as AnswerBody) : [];
}
