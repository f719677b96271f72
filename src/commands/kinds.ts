import { oneOf } from '../base/listed.js';
import { value } from '../command.js';
import { allKinds, kindWords } from '../kinds/all.js';

const flagFor = (words: readonly string[]) => ({
  kind: value('<kind>', `${oneOf(words)} (default: ${words[0]})`, words),
});

/** The option of the commands that work on one kind, and of those that can show all. */
export const [kindFlag, kindsFlag] = [flagFor(kindWords), flagFor([...kindWords, allKinds])];
