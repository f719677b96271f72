import { UsageError } from '../../base/errors.js';

/** The shells that we have a completion script for. */
export const shells = ['bash', 'zsh', 'fish', 'powershell'] as const;
export type Shell = (typeof shells)[number];

export function parseShell(text: string | undefined): Shell {
  const shell = shells.find((name) => name === text?.trim().toLowerCase());
  if (shell) return shell;
  throw new UsageError(
    text === undefined ? 'Missing shell.' : `Completion for the shell '${text}' is not supported.`,
    `Valid values: ${shells.join(', ')}`,
  );
}
