import { at } from '../../base/json.js';
import type { AnswerBody } from '../clouds/all.js';

/*
 * The `filter` of a list. Google has two forms, which can't be mixed: conditions with `eq` and `ne`, whose value is a
 * regular expression for all of the field, and those of https://google.aip.dev/160, where OR binds more than AND.
 */

const condition = /([\w.]+)\s*(\s(?:eq|ne)\s|[<>!]=|[<>=:])\s*("(?:[^"\\]|\\.)*"|'[^']*'|[^\s()]+)/g;

/** Throws a syntax error if the filter is not well-formed. */
export function selects(filter: string, item: AnswerBody): boolean {
  const operators = [...filter.matchAll(condition)].map(([, , operator = '']) => operator.trim());
  const words = filter.replaceAll(condition, '');
  const isPattern = (operator: string) => operator === 'eq' || operator === 'ne';
  const isMixed = operators.some(isPattern) && (!operators.every(isPattern) || /[^\s()]/.test(words));
  if (isMixed) throw new SyntaxError('The two forms are mixed.');
  let text = filter.replaceAll(condition, (...parts) => (fits(item, parts) ? '✓' : '✗'));
  const inner = /\(([^()]*)\)/;
  while (inner.test(text)) text = text.replace(inner, (_, inside) => (isTrue(inside) ? '✓' : '✗'));
  return filter.trim() === '' || isTrue(text);
}

/** Whether this is true: marks without parentheses. */
function isTrue(text: string) {
  const marks = text.replaceAll(/(?:NOT\s*|-)([✓✗])/g, (_, mark) => (mark === '✓' ? '✗' : '✓'));
  const all = marks.trim().split(/\s*(?:AND|(?<=[✓✗])\s*(?=[✓✗]))\s*/);
  if (!all.every((each) => /^[✓✗](?:\s*OR\s*[✓✗])*$/.test(each))) throw new SyntaxError('A word is out of place.');
  return all.every((each) => each.includes('✓'));
}

/** Of a list, one item must fit; of a map, one key. `:` takes a part of a text, which is assumed. */
function fits(item: AnswerBody, [, key, spaced, quoted]: readonly string[]) {
  const operator = `${spaced}`.trim();
  const value = `${quoted}`.replace(/^(["'])(.*)\1$/s, '$2');
  const plain = value.replaceAll(/[^\w*]/g, '\\$&').replaceAll('*', '.*');
  const pattern = { eq: value, ne: value, ':': `.*(?:${plain}).*` }[operator] ?? plain;
  const whole = new RegExp(`^(?:${pattern})$`, 's');
  const found = [at(item, ...`${key}`.split('.')) ?? []].flat();
  const all = found.flatMap((each) => (Object(each) === each ? Object.keys(Object(each)) : String(each)));
  const isFitting = (one: string) => {
    const order = Number(one) - Number(value) || one.localeCompare(value);
    const isInOrder = { '<': order < 0, '<=': order <= 0, '>': order > 0, '>=': order >= 0 }[operator];
    return isInOrder ?? whole.test(one);
  };
  return all.some(isFitting) !== (operator === 'ne' || operator === '!=');
}
