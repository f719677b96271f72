/** A part of an answer. A list becomes `<item>` elements. Undefined values are left out. */
export type Xml = string | number | boolean | undefined | readonly Xml[] | XmlObject;
export type XmlObject = { readonly [name: string]: Xml };

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

export function xmlDocument(root: string, namespace: string | undefined, content: Xml): string {
  const attribute = namespace === undefined ? '' : ` xmlns="${namespace}"`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${root}${attribute}>${inner(content)}</${root}>`;
}

function inner(content: Xml): string {
  if (content === undefined) return '';
  if (typeof content !== 'object') return escaped(String(content));
  if (Array.isArray(content)) return content.map((item: Xml) => `<item>${inner(item)}</item>`).join('');
  return Object.entries(content)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `<${name}>${inner(value)}</${name}>`)
    .join('');
}

function escaped(text: string) {
  return text.replace(/[&<>"]/g, (character) => escapes[character] ?? '');
}
