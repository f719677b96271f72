import { canChange, rolesIn } from '../../atlas/api-key.js';
import { ApiError } from '../../atlas/errors.js';
import { listed } from '../../base/listed.js';
import { publicIdOf } from '../../config/credential-kinds.js';
import { originText } from '../../config/precedence.js';
import { bad, type Category, type Check, type CheckSubject, checksOnce, good } from './check.js';
import type { Facts } from './facts.js';

const kindTitles = {
  'api-key': 'API key',
  'service-account': 'service account',
  'access-token': 'access token',
} as const;

const credentials: Check<CheckSubject, Facts> = {
  id: 'key-credentials',
  title: 'Credentials source',
  needs: [],
  run: async (_, { signIn }) => {
    const { credentials, origin, baseUrl } = await signIn();
    const id = publicIdOf(credentials);
    const what = `${kindTitles[credentials.kind]}${id === null ? '' : ` ${id}`}`;
    return good(`${what} from ${originText(origin)}, for ${baseUrl}`);
  },
};

const valid: Check<CheckSubject, Facts> = {
  id: 'key-valid',
  title: 'Sign-in',
  needs: ['key-credentials'],
  run: async (_, { key }) => {
    try {
      await key();
    } catch (error) {
      // Atlas knows the key, but not from this address.
      if (!isNotOnList(error)) throw error;
    }
    return good('Atlas accepts the credentials');
  },
};

const accessList: Check<CheckSubject, Facts> = {
  id: 'key-access-list',
  title: 'API access list',
  needs: ['key-valid'],
  run: async (_, { key, lists }) => {
    try {
      const found = await key();
      // Which requests the list applies to may differ.
      await lists().catch((error: unknown) => {
        if (isNotOnList(error)) throw error;
      });
      if (found === null) return good('this address is allowed');
      const { length } = found.accessList;
      return good(length === 0 ? 'empty, so any address is allowed' : `this address is allowed (entries: ${length})`);
    } catch (error) {
      if (!isNotOnList(error)) throw error;
      return bad({
        brief: 'not on the API access list',
        detail: error.message,
        hint: "Add this address to the access list of the API key or service account (in Atlas: Access Manager). The project's IP access list is for database connections.",
      });
    }
  },
};

const roles: Check<CheckSubject, Facts> = {
  id: 'key-roles',
  title: 'Roles in the project',
  needs: ['key-access-list'],
  run: async (_, { key, lists, projectId }) => {
    await lists();
    const [found, project] = [await key(), await projectId()];
    if (found === null) return good('can read the private endpoints');
    const names = rolesIn(found, project);
    if (canChange(found, project)) return good(listed(names));
    return good(`${listed(names) || 'none'}: can read private endpoints, but not create or delete them`);
  },
};

export const keyChecks: Category<Facts> = {
  name: 'key',
  title: 'Credentials',
  groups: [checksOnce([credentials, valid, accessList, roles])],
};

function isNotOnList(error: unknown): error is ApiError {
  return error instanceof ApiError && error.errorCode === 'IP_ADDRESS_NOT_ON_ACCESS_LIST';
}
