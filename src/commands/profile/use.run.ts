import { checkProfileName } from '../../choices.js';
import type { Context } from '../../context.js';
import { checkExists } from './exists.js';

export interface NameOptions {
  name: string;
}

/** Makes a profile the one that is used where none is named. */
export async function useProfile(context: Context, options: NameOptions): Promise<void> {
  const name = checkProfileName(options.name);
  const config = await context.config();
  await checkExists(context, name);
  await config.change((content) => ({ ...content, profile: name }));
  context.io.note(`Profile ${name} is used from now on, unless a flag or a variable names another.`);
}
