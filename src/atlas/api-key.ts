import { objects, text } from '../base/json.js';
import { fields } from './read.js';

/** What Atlas says about an API key. */
export interface ApiKey {
  roles: readonly KeyRole[];
  /** The addresses and ranges that can use it. If empty, all addresses can. */
  accessList: readonly string[];
}

interface KeyRole {
  name: string;
  /** The project of the role; null if it is a role in an organization. */
  projectId: string | null;
}

/** Reads the response of `GET /api/atlas/v2`. Null for other credentials than API keys. */
export function toApiKey(answer: unknown): ApiKey | null {
  const { apiKey } = fields(answer, 'description of the API');
  if (typeof apiKey !== 'object' || apiKey === null) return null;
  const { roles, accessList } = apiKey as Record<string, unknown>;
  return {
    roles: objects(roles).map(({ roleName, groupId }) => ({
      name: text(roleName) ?? '',
      projectId: text(groupId),
    })),
    accessList: objects(accessList).flatMap(({ cidrBlock, ipAddress }) => text(cidrBlock) ?? text(ipAddress) ?? []),
  };
}

/** The roles that can create and delete private endpoints in a project. */
export function canChange({ roles }: ApiKey, projectId: string): boolean {
  return roles.some(({ name, projectId: of }) => name === 'ORG_OWNER' || (name === 'GROUP_OWNER' && of === projectId));
}

/** The roles that matter to a project: its own, and those of organizations. */
export function rolesIn({ roles }: ApiKey, projectId: string): string[] {
  return roles.filter((role) => role.projectId === null || role.projectId === projectId).map(({ name }) => name);
}
