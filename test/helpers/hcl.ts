/*
 * Parses the part of HCL that `--output terraform` writes, by HCL's native syntax specification: comments, blocks,
 * attributes, quoted templates without sequences, tuples, objects, numbers, true and false, references.
 */

type HclValue = string | number | boolean | HclValue[] | { reference: string } | { object: Record<string, HclValue> };

export interface HclBlock {
  type: string;
  labels: string[];
  attributes: Record<string, HclValue>;
  blocks: HclBlock[];
}

export function readHcl(source: string): HclBlock {
  let at = 0;
  const fail = (what: string): never => {
    throw new Error(`${what} at ${JSON.stringify(source.slice(at, at + 40))}`);
  };
  /** Returns what matches at the current position, or undefined. */
  const next = (pattern: RegExp): string | undefined => {
    const sticky = new RegExp(pattern.source, 'uy');
    sticky.lastIndex = at;
    const found = sticky.exec(source)?.[0];
    if (found !== undefined) at += found.length;
    return found;
  };
  const need = (pattern: RegExp): string => next(pattern) ?? fail(`${pattern} expected`);
  const skip = () => next(/(?:[ \n]|#[^\n]*\n)*/);

  const readString = (): string => {
    need(/"/);
    let text = '';
    for (;;) {
      if (next(/"/) !== undefined) return text;
      const sequence = next(/\\(?:[nrt"\\]|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8})/);
      if (sequence !== undefined) {
        const simple: Record<string, string> = { n: '\n', r: '\r', t: '\t', '"': '"', '\\': '\\' };
        text += simple[sequence[1] ?? ''] ?? String.fromCodePoint(Number.parseInt(sequence.slice(2), 16));
      } else if (next(/\$\$\{/) !== undefined) text += '${';
      else if (next(/%%\{/) !== undefined) text += '%{';
      else if (next(/[$%]\{/) !== undefined) fail('a template begins before this');
      else text += need(/[^\n\r\\"]/);
    }
  };
  const readValue = (): HclValue => {
    if (source[at] === '"') return readString();
    const digits = next(/-?\d+/);
    if (digits !== undefined) return Number(digits);
    if (next(/\{ /) !== undefined) {
      const entries: [string, HclValue][] = [];
      while (next(/ \}/) === undefined) {
        const key = readString();
        need(/ = /);
        entries.push([key, readValue()]);
        next(/, /);
      }
      return { object: Object.fromEntries(entries) };
    }
    if (next(/\[/) === undefined) {
      const word = need(/[a-z_][\w.]*(?:\[\d+\])?/);
      return word === 'true' || word === 'false' ? word === 'true' : { reference: word };
    }
    const items: HclValue[] = [];
    while (next(/\]/) === undefined) {
      items.push(readValue());
      next(/, /);
    }
    return items;
  };
  const readBody = (block: HclBlock, isEnd: () => boolean): HclBlock => {
    for (skip(); !isEnd(); skip()) {
      const name = need(/[a-z_]\w*/);
      if (next(/ += /) !== undefined) {
        if (name in block.attributes) fail(`${name} was there before this`);
        block.attributes[name] = readValue();
      } else {
        const inner: HclBlock = { type: name, labels: [], attributes: {}, blocks: [] };
        while (next(/ (?=")/) !== undefined) inner.labels.push(readString());
        need(/ \{/);
        block.blocks.push(readBody(inner, () => next(/\}/) !== undefined));
      }
      need(/\n/);
    }
    return block;
  };
  return readBody({ type: '', labels: [], attributes: {}, blocks: [] }, () => at === source.length);
}
