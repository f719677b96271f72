import { texts } from '../../base/json.js';
import { at } from './model.js';

/** Whether an action is allowed: by some role, which doesn't exclude it. Deny assignments are not seen. */
export function allows(roles: readonly unknown[], action: string): boolean {
  const has = (patterns: unknown) => texts(patterns).some((each) => patternOf(each).test(action));
  return roles.some((role) => has(at(role, 'actions')) && !has(at(role, 'notActions')));
}

/** `*` stands for any characters. */
function patternOf(text: string): RegExp {
  const parts = text.split('*').map((part) => part.replaceAll(/[^\w/]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 'i');
}
