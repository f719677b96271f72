import { AzureRefusal } from './refusal.js';

const mostTags = 50;
const longestKey = 512;
const longestValue = 256;

/** Reads the tags of a body, with the limits of ARM. */
export function readTags(value: unknown = {}): Record<string, string> {
  const refuse = (code: string, message: string) => new AzureRefusal(400, code, message);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw refuse('InvalidRequestContent', "The tags must map names to values. Path 'tags'.");
  }
  const entries: [string, unknown][] = Object.entries(value);
  if (entries.length > mostTags) {
    throw refuse('TooManyTags', `The resource has ${entries.length} tags. The limit is ${mostTags}.`);
  }
  const seen = new Set<string>();
  return Object.fromEntries(
    entries.map(([key, tag]) => {
      if (typeof tag !== 'string')
        throw refuse('InvalidRequestContent', `The value of the tag '${key}' is not a string.`);
      if (/[<>%&\\?/]/.test(key)) {
        const what = `The tag name '${key}' has reserved characters: '<,>,%,&,\\,?,/'.`;
        throw refuse('InvalidTagNameCharacters', what);
      }
      if (key === '' || key.length > longestKey || /^(?:microsoft|azure|windows)/i.test(key)) {
        throw refuse('InvalidTagName', `The tag name '${key}' is empty, too long or reserved.`);
      }
      if (tag.length > longestValue) throw refuse('InvalidTagValue', `The value of the tag '${key}' is too long.`);
      if (seen.has(key.toLowerCase())) throw refuse('DuplicateTagNames', `The tag '${key}' is given twice.`);
      seen.add(key.toLowerCase());
      return [key, tag];
    }),
  );
}
