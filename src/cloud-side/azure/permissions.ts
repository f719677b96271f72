import { texts } from '../../base/json.js';

/** A role of the user, as far as it concerns a resource. */
export interface Permission {
  actions?: unknown;
  notActions?: unknown;
}

/** Whether an action is allowed: by some role, which doesn't exclude it. Deny assignments are not seen. */
export function allows(permissions: readonly Permission[], action: string): boolean {
  const has = (patterns: unknown) => texts(patterns).some((each) => patternOf(each).test(action));
  return permissions.some(({ actions, notActions }) => has(actions) && !has(notActions));
}

/** `*` stands for any characters. */
function patternOf(text: string): RegExp {
  const parts = text.split('*').map((part) => part.replaceAll(/[^\w/]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 'i');
}
