import { listed } from '../../base/lists.js';
import { originText } from '../../config/precedence.js';
import { publicIdOf, titleOf } from '../../config/settings.js';
import { allowedTo } from '../../endpoints/kinds/all.js';
import { isRefusal, type RequestError } from '../../http/request-error.js';
import { bad, type Category, checksOnce, good, itemsOf, mostNames } from './check.js';
import type { Facts } from './open-facts.js';

async function checkCredentials(_: unknown, { signIn }: Facts) {
  const { credentials, origin, baseUrl } = await signIn();
  const id = publicIdOf(credentials);
  const kind = titleOf(credentials);
  const what = `${kind}${id === null ? '' : ` ${id}`}`;
  return good(`${what} from ${originText(origin)}, for ${baseUrl}`, [kind]);
}

async function checkValid(_: unknown, { key }: Facts) {
  // If the address is not on the list, Atlas knows the key.
  await refusalOf(key());
  return good('Atlas accepts the credentials');
}

async function checkAccessList(_: unknown, { key, projectId }: Facts) {
  // Which requests the list applies to may differ.
  const refusal = (await refusalOf(key())) ?? (await refusalOf(projectId()).catch(() => undefined));
  if (refusal) {
    const brief = 'this address is not on the API access list';
    const hint =
      'Add this address to the access list of the API key or service account (in Atlas: ' +
      "Access Manager). The project's IP access list is for database connections.";
    return bad({ brief, detail: refusal.message, hint, isFinal: true });
  }
  const found = await key();
  if (found === null) return good('this address is allowed');
  const { length } = found.accessList;
  return good(length === 0 ? 'empty, so any address is allowed' : `this address is allowed (entries: ${length})`);
}

async function checkRoles(_: unknown, { key, projectId }: Facts) {
  const project = await projectId();
  const found = await key();
  if (found === null) return good('can read the private endpoints');
  const own = found.roles.filter((role) => role.projectId === null || role.projectId === project);
  const names = own.map(({ name }) => name);
  const roles = names.map(roleTitle);
  if (names.includes('ORG_OWNER') || names.includes('GROUP_OWNER')) return good(listed(names), roles);
  return good(`${listed(names) || 'none'}: ${allowedTo(roles)}`, roles);
}

/** `GROUP_READ_ONLY` as `Project Read Only`. */
function roleTitle(name: string) {
  const full = name.replace(/^GROUP_/, 'PROJECT_').replace(/^ORG_/, 'ORGANIZATION_');
  const words = full.split('_');
  return words.map((word) => `${word.slice(0, 1)}${word.slice(1).toLowerCase()}`).join(' ');
}

export const keyCategory: Category<Facts> = {
  name: 'key',
  title: 'Credentials',
  groups: [
    checksOnce([
      { id: 'key-credentials', title: 'Credentials source', needs: [], run: checkCredentials },
      { id: 'key-valid', title: 'Sign-in', needs: ['key-credentials'], run: checkValid },
      { id: 'key-access-list', title: 'API access list', needs: ['key-valid'], run: checkAccessList },
      { id: 'key-roles', title: 'Roles in the project', needs: ['key-access-list'], run: checkRoles },
    ]),
  ],
  summary: (checks) =>
    listed([...itemsOf(checks, 'key-credentials'), ...itemsOf(checks, 'key-roles')], mostNames + 1),
};

/** The error if this address is not on the API access list; undefined if it is. Throws any other error. */
async function refusalOf(request: Promise<unknown>): Promise<RequestError | undefined> {
  try {
    await request;
    return undefined;
  } catch (error) {
    if (isRefusal(error) && error.errorCode === 'IP_ADDRESS_NOT_ON_ACCESS_LIST') return error;
    throw error;
  }
}
