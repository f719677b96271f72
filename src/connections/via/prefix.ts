import { UsageError } from '../../base/errors.js';

const example = "Example: --via 'kubectl exec -i deploy/app --'";
const word = /(?:[^\s'"\\]|'[^']*'|"(?:[^"\\]|\\.)*"|\\.)+/gs;
const quoted = /'([^']*)'|"((?:[^"\\]|\\.)*)"|\\(\W)/gs;
/** Options of which the next word is shown: they take none, or what no program takes for a secret. */
const harmless =
  /^-(?:[-46acFeJilnoqStTv]|it|ti|vvv?|-(?:cluster|container|context|kubeconfig|namespace|project|region|stdin|target|zone))$/;
/** What in a word comes before a possible secret: a name, an option, a user, or the first word of a script. */
const beforeSecret = /^(?:-p(?=.)|[^\s=]*=(?=.)|[^\s:]+:(?=[^\s@/]*@)|\S+(?=\s))/s;

export type Prefix = ReturnType<typeof readPrefix>;

/**
 * Splits a prefix into words, as sh does, but without variables. `shown` is without what may be a secret, and `hide` takes
 * that out of what the program says. Throws a usage error.
 */
export function readPrefix(prefix: string) {
  const words = (prefix.match(word) ?? []).map((each) =>
    each.replace(quoted, (_, single, double, escaped) => single ?? double?.replace(/\\(["\\$`])/g, '$1') ?? escaped),
  );
  if (prefix.replace(word, '').trim() !== '')
    throw new UsageError('A quotation mark of --via is not closed.', example);
  const pieces = words.map((each, index) => {
    const before = words[index - 1] ?? '';
    const isSecret = before.startsWith('-') && !harmless.test(before) && (!each.startsWith('-') || before === '-p');
    const visible = isSecret ? '' : (beforeSecret.exec(each)?.[0] ?? each);
    return { hidden: each.slice(visible.length), visible: visible === each ? each : `${visible}…` };
  });
  const secrets = pieces.flatMap(({ hidden }) => (hidden.length > 3 ? hidden : []));
  return {
    words,
    program: pieces[0]?.visible ?? '',
    shown: pieces
      .map(({ visible }) => visible)
      .join(' ')
      .slice(0, 200),
    hide: (said: string) => secrets.reduce((text, secret) => text.replaceAll(secret, '…'), said),
  };
}
