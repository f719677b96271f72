import { objects, text } from '../base/json.js';
import { fields } from './read.js';

/** Reads the response of `GET /api/atlas/v2`. Null for other credentials than API keys. */
export function toApiKey(answer: unknown) {
  const { apiKey } = fields(answer, 'description of the API');
  if (typeof apiKey !== 'object' || apiKey === null) return null;
  const { roles, accessList } = apiKey as Record<string, unknown>;
  return {
    roles: objects(roles).map(({ roleName, groupId }) => ({
      name: text(roleName) ?? '',
      /** The project of the role; null if it is a role in an organization. */
      projectId: text(groupId),
    })),
    /** The addresses and ranges that can use it. If empty, all addresses can. */
    accessList: objects(accessList).flatMap(({ cidrBlock, ipAddress }) => text(cidrBlock) ?? text(ipAddress) ?? []),
  };
}
