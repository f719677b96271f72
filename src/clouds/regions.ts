import distance from 'leven';
import { UsageError } from '../base/errors.js';
import { closest, guessed } from '../base/suggest.js';
import { clouds, type Provider, providers } from './all.js';
import type { RegionNames } from './cloud.js';

export interface Region extends RegionNames {
  /** False where the table lacks it. It may be new at Atlas, so it is a warning and no error. */
  known: boolean;
}

/** The cloud's own spellings, for suggestions. */
export function knownRegions(provider: Provider): string[] {
  return clouds[provider].regions.map(({ region }) => region);
}

/**
 * The region of an answer in both spellings. Answers carry Atlas's; some carry the cloud's. Of one that the table lacks only
 * what its cloud converts by rule is known.
 */
export function regionNames(provider: Provider, answered: string): RegionNames {
  return findRegion(provider, answered) ?? clouds[provider].newRegion(answered);
}

/** The region of an answer in the cloud's own spelling. */
export function fromAtlasRegion(provider: Provider, answered: string): string {
  return regionNames(provider, answered).region;
}

/**
 * Reads a region in either spelling and any case (`us-east-1`, `US_EAST_1`). A region that the table lacks passes where
 * it looks like one and is no near miss of one that exists. Throws a usage error, with a suggestion where there is one.
 */
export function parseRegion(provider: Provider, text: string): Region {
  if (text.trim() === '') throw new UsageError('The region is empty.', 'For example: --region us-east-1');
  const known = findRegion(provider, text);
  if (known) return { ...known, known: true };

  const written = text.trim().toLowerCase().replaceAll('_', '-');
  const elsewhere = providers.find((other) => findRegion(other, text));
  const near = nearMiss(provider, written);
  const isLikely = elsewhere === undefined && near === undefined && clouds[provider].regionShape.test(written);
  if (!isLikely) {
    const guesses = [
      near === undefined ? '' : guessed(near),
      elsewhere ? `'${text}' is a region of ${clouds[elsewhere].title}: use --provider ${elsewhere.toLowerCase()}` : '',
    ].filter((guess) => guess !== '');
    throw new UsageError(
      `'${text}' is not a region of ${clouds[provider].title}.`,
      guesses.length > 0 ? guesses.join(' ') : formOf(provider),
    );
  }
  return { ...regionNames(provider, text.trim()), known: false };
}

/** There are too many to list them all. */
function formOf(provider: Provider): string {
  const { region, atlasRegion } = clouds[provider].regions[0] ?? {};
  return `${provider} regions are written ${region} or ${atlasRegion}. TAB lists them: atlas-pe completion --help`;
}

/**
 * Checks a region whose cloud is not known. One that no table has must look like a region and nothing else: an Azure region
 * can be any word. Throws a usage error, with a suggestion where there is one.
 */
export function checkRegionOfAnyCloud(text: string): void {
  if (isKnownRegion(text)) return;
  const written = text.trim().toLowerCase().replaceAll('_', '-');
  const near = providers.map((provider) => nearMiss(provider, written)).find((name) => name !== undefined);
  if (near !== undefined) {
    throw new UsageError(`'${text}' is not a region.`, guessed(near), 'misspelled');
  }
  if (providers.some((provider) => clouds[provider].hasTellingRegions && clouds[provider].regionShape.test(written)))
    return;
  throw new UsageError(`'${text}' is not a region.`, 'For example us-east-1 or US_EAST_1.');
}

/** Whether `text` names this region, in the cloud's spelling or in Atlas's, in any case. */
export function isRegion({ region, atlasRegion }: RegionNames, text: string): boolean {
  const written = text.trim().toLowerCase();
  return written === region.toLowerCase() || written === atlasRegion.toLowerCase();
}

/** Whether some cloud has a region of this name, as far as is known. */
export function isKnownRegion(text: string): boolean {
  return providers.some((provider) => findRegion(provider, text));
}

/** The clouds that have a region of this name, as far as is known; all of them for one that no table has. */
export function cloudsOf(region: string): readonly Provider[] {
  const known = providers.filter((provider) => findRegion(provider, region));
  return known.length > 0 ? known : providers;
}

function findRegion(provider: Provider, text: string): RegionNames | undefined {
  return clouds[provider].regions.find((names) => isRegion(names, text));
}

/**
 * The region that a typing error most likely meant. A name all of whose words are known and whose number is new
 * (`us-east-3`) is no typing error but a region that this table may lack; one with a misspelled word (`us-eest-1`) is.
 */
function nearMiss(provider: Provider, written: string): string | undefined {
  const names = clouds[provider].regions.flatMap(({ region, atlasRegion }) => [
    region,
    atlasRegion.toLowerCase().replaceAll('_', '-'),
  ]);
  const same = clouds[provider].regions.find((known) => bare(known.region) === bare(written));
  if (same) return same.region;
  if (!clouds[provider].regionShape.test(written)) return closest(written, names);
  const vocabulary = new Set(names.flatMap((name) => wordsOf(name)));
  const typed = wordsOf(written);
  if (typed.every((word) => vocabulary.has(word))) return undefined;
  const meant = names.filter((name) => {
    const words = wordsOf(name);
    const fits = (word: string, index: number) =>
      word === typed[index] ||
      (!vocabulary.has(typed[index] ?? '') && isSlip(typed[index] ?? '', word, typed.length === 1 ? 1 : 2));
    return words.length === typed.length && words.every(fits);
  });
  return meant.sort((a, b) => distance(a, written) - distance(b, written))[0];
}

/** At most one letter off in an area such as `us`, more in a longer word. */
function isSlip(typed: string, word: string, most: number): boolean {
  return distance(typed, word) <= (word.length <= 2 ? 1 : most);
}

function wordsOf(name: string): string[] {
  return name.replace(/-?\d+$/, '').split('-');
}

/** Without what divides it, which each cloud places otherwise: GCP `us-central1`, AWS `us-east-1`. */
function bare(name: string): string {
  return name.replaceAll(/[-_]/g, '').toLowerCase();
}
