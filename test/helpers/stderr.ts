import { expect } from 'vitest';

const kinds = ['progress', 'warning', 'note', 'hint', 'error'] as const;
export type Kind = (typeof kinds)[number];

/** A line of JSON on stderr: its only key, and the value of that key. */
export interface Line {
  kind: Kind;
  said: { message: string; [key: string]: unknown };
  /** The whole parsed line. */
  value: Record<string, unknown>;
}

/** Parses the stderr of a command that prints JSON. Fails if a line is not an object with one key. */
export function linesIn(stderr: string): Line[] {
  if (stderr === '') return [];
  expect(stderr.endsWith('\n'), stderr).toBe(true);
  return stderr
    .slice(0, -1)
    .split('\n')
    .map((line) => {
      const value = JSON.parse(line);
      const [kind, ...others] = Object.keys(Object(value));
      expect([others, kinds.includes(kind as Kind)], line).toEqual([[], true]);
      return { kind, said: value[kind as Kind], value } as Line;
    });
}

export function messagesIn(stderr: string, kind: Kind): string[] {
  return linesIn(stderr).flatMap((line) => (line.kind === kind ? [line.said.message] : []));
}
