import { ApiError } from '../../atlas/errors.js';
import { listed } from '../../base/listed.js';
import { publicIdOf, titleOf } from '../../config/credential-kinds.js';
import { originText } from '../../config/precedence.js';
import { allowedTo } from '../../kinds/all.js';
import { bad, type Category, type Check, checksOnce, good } from './check.js';
import type { Facts } from './facts.js';
import { itemsOf, mostNames } from './summary.js';

const credentials: Check<Facts> = {
  id: 'key-credentials',
  title: 'Credentials source',
  needs: [],
  run: async (_, { signIn }) => {
    const { credentials, origin, baseUrl } = await signIn();
    const id = publicIdOf(credentials);
    const kind = titleOf(credentials);
    const what = `${kind}${id === null ? '' : ` ${id}`}`;
    return good(`${what} from ${originText(origin)}, for ${baseUrl}`, [kind]);
  },
};

const valid: Check<Facts> = {
  id: 'key-valid',
  title: 'Sign-in',
  needs: ['key-credentials'],
  run: async (_, { key }) => {
    // If the address is not on the list, Atlas knows the key.
    await refusalOf(key());
    return good('Atlas accepts the credentials');
  },
};

const accessList: Check<Facts> = {
  id: 'key-access-list',
  title: 'API access list',
  needs: ['key-valid'],
  run: async (_, { key, lists }) => {
    // Which requests the list applies to may differ.
    const refusal = (await refusalOf(key())) ?? (await refusalOf(lists()).catch(() => undefined));
    if (refusal) {
      return bad({
        brief: 'not on the API access list',
        problem: 'this address is not on the API access list',
        detail: refusal.message,
        hint: "Add this address to the access list of the API key or service account (in Atlas: Access Manager). The project's IP access list is for database connections.",
        isFinal: true,
      });
    }
    const found = await key();
    if (found === null) return good('this address is allowed');
    const { length } = found.accessList;
    return good(length === 0 ? 'empty, so any address is allowed' : `this address is allowed (entries: ${length})`);
  },
};

const roles: Check<Facts> = {
  id: 'key-roles',
  title: 'Roles in the project',
  needs: ['key-access-list'],
  run: async (_, { key, lists, projectId }) => {
    await lists();
    const [found, project] = [await key(), await projectId()];
    if (found === null) return good('can read the private endpoints');
    // Its own roles, and those in organizations.
    const own = found.roles.filter((role) => role.projectId === null || role.projectId === project);
    const names = own.map(({ name }) => name);
    const roles = names.map(roleTitle);
    if (names.includes('ORG_OWNER') || names.includes('GROUP_OWNER')) return good(listed(names), roles);
    return good(`${listed(names) || 'none'}: ${allowedTo(roles)}`, roles);
  },
};

/** `GROUP_READ_ONLY` as `Project Read Only`. */
function roleTitle(name: string): string {
  const full = name.replace(/^GROUP_/, 'PROJECT_').replace(/^ORG_/, 'ORGANIZATION_');
  const words = full.split('_');
  return words.map((word) => `${word.slice(0, 1)}${word.slice(1).toLowerCase()}`).join(' ');
}

export const keyCategory: Category<Facts> = {
  name: 'key',
  title: 'Credentials',
  groups: [checksOnce([credentials, valid, accessList, roles])],
  summary: (checks) => listed([...itemsOf(checks, 'key-credentials'), ...itemsOf(checks, 'key-roles')], mostNames + 1),
};

/** The error if this address is not on the API access list; undefined if it is. Throws any other error. */
async function refusalOf(request: Promise<unknown>): Promise<ApiError | undefined> {
  try {
    await request;
    return undefined;
  } catch (error) {
    if (error instanceof ApiError && error.errorCode === 'IP_ADDRESS_NOT_ON_ACCESS_LIST') return error;
    throw error;
  }
}
