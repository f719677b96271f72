import { UsageError } from '../../base/errors.js';

const example = "Example: --via 'kubectl exec -i deploy/app --'";
/** A word of a command line, and what is quoted in it. */
const word = /(?:[^\s'"\\]|'[^']*'|"(?:[^"\\]|\\.)*"|\\.)+/gs;
const quoted = /'([^']*)'|"((?:[^"\\]|\\.)*)"|\\(\W)/gs;
/** What may be a secret: a value after =, a password of a user, a script, and what follows an option for passwords. */
const secret =
  /(=|:(?=[^\s@/]*@)|['"]\S*\s|(?<!\S)-p *|(?<!\S)--?\S*(?:pass|token|secret|key)\S* +)(?:[^\s'"]|'[^']*'|"[^"]*")+['"]?/gi;

/** Splits a prefix into words, as sh does, but without variables. Throws a usage error. */
export function wordsOf(prefix: string): string[] {
  const words = prefix.match(word) ?? [];
  if (words.length === 0 || prefix.replace(word, '').trim() !== '')
    throw new UsageError(
      `--via is ${words.length === 0 ? 'empty' : 'not valid: a quotation mark is not closed'}.`,
      example,
    );
  return words.map((each) =>
    each.replace(quoted, (_, single, double, escaped) => single ?? double?.replace(/\\(["\\$`])/g, '$1') ?? escaped),
  );
}

/** A prefix, or what its program says, without what may be a secret, and not too long. */
export function withoutValues(text: string): string {
  return text.replace(secret, '$1…').slice(0, 200);
}
