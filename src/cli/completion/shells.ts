import { UsageError } from '../../base/errors.js';

/** The shells whose completion there is a script for. */
export const shells = ['bash', 'zsh', 'fish', 'powershell'] as const;
export type Shell = (typeof shells)[number];

export function parseShell(text: string | undefined): Shell {
  const shell = shells.find((name) => name === text?.trim().toLowerCase());
  if (shell) return shell;
  throw new UsageError(
    text === undefined ? 'The shell is missing.' : `There is no completion for the shell '${text}'.`,
    `Accepted: ${shells.join(', ')}.`,
  );
}
