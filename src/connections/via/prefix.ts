import { UsageError } from '../../base/errors.js';

const example = "Example: --via 'kubectl exec -i deploy/app --'";
/** Characters of a prefix that a message has room for. */
const longest = 80;

/**
 * Reads the prefix of --via: its words as sh splits them, but without variables. `shown`: for people, without what may be
 * a secret. `hide` takes the same out of other texts. Throws a usage error.
 */
export function readPrefix(text: string) {
  const quoted = /'([^']*)'|"((?:[^"\\]|\\.)*)"|\\(.)/gs;
  const word = /(?:[^\s'"\\]|'[^']*'|"(?:[^"\\]|\\.)*"|\\.)+/gs;
  if (text.replace(word, '').trim() !== '')
    throw new UsageError('A quotation mark of --via is not closed, or a backslash is at its end.', example);
  const words = (text.match(word) ?? []).map((each) =>
    each.replace(quoted, (_, single?: string, double?: string, escaped = '') => {
      // A path of Windows keeps its backslashes.
      const plain = /\w/.test(escaped) ? `\\${escaped}` : escaped;
      return single ?? double?.replace(/\\(["\\$`])/g, '$1') ?? plain;
    }),
  );
  if (words.length === 0) throw new UsageError('--via is empty.', example);
  const pieces = words.map((each, index) => visiblePart(each, words[index - 1] ?? ''));
  const hidden = words.map((each, index) => each.slice(pieces[index]?.length));
  // A number of a port would hide too much.
  const secrets = hidden.filter((each) => each.length > 3);
  const shown = words.map((each, index) => (pieces[index] === each ? each : `${pieces[index]}…`)).join(' ');
  return {
    words,
    shown: shown.length > longest ? `${shown.slice(0, longest)}…` : shown,
    hide: (said: string) => secrets.reduce((rest, secret) => rest.replaceAll(secret, '…'), said),
  };
}

/** The beginning of a word that is certainly no secret. It may be a value, a password after its option, or a script. */
function visiblePart(word: string, before: string): string {
  const isValue = /^-(?:p|-?\w*(?:pass|token|secret|key|auth)[\w-]*)$/i.test(before) && !word.startsWith('-');
  if (isValue) return '';
  return /^(?:-p(?=.)|[^\s=]*=(?=.)|[^\s:]+:(?=[^\s@]*@)|\S+(?=\s))/s.exec(word)?.[0] ?? word;
}
