import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { showLive } from '../../src/ui/spinner.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A display and its process. `seen` records what happens to both, in order. */
function start(isInForeground = true) {
  const seen: string[] = [];
  const drawn: string[] = [];
  const job = { isInForeground };
  const listeners = new Map<string, Set<() => void>>();
  const signals = {
    pid: 1,
    on: (signal: string, listener: () => void) =>
      listeners.set(signal, (listeners.get(signal) ?? new Set()).add(listener)),
    off: (signal: string, listener: () => void) => listeners.get(signal)?.delete(listener),
    kill: (_: number, signal: string) => seen.push(`${signal}, ${listeners.get(signal)?.size} listen`),
  };
  const stream = new PassThrough();
  const shown = showLive(
    stream,
    { signals, isInForeground: () => job.isInForeground },
    {
      putUp: () => seen.push('up'),
      takeDown: () => seen.push('down'),
      redraw: () => drawn.push('drawn'),
      resize: () => drawn.push('resized'),
    },
  );
  const kept = { end: shown.end, isUp: shown.redraw };
  const listening = () => [...listeners.values()].reduce((sum, { size }) => sum + size, 0);
  const send = (signal: string) => {
    for (const listener of [...(listeners.get(signal) ?? [])]) listener();
  };
  return { seen, drawn, stream, job, kept, send, listening };
}

test("a process that starts in the background, or was stopped by SIGSTOP, doesn't touch the terminal", () => {
  const { seen, job, send, kept, listening } = start(false);
  expect([kept.isUp(), seen]).toEqual([false, []]);
  job.isInForeground = true;
  vi.advanceTimersByTime(1000);
  job.isInForeground = false;
  send('SIGCONT');
  expect([kept.isUp(), seen]).toEqual([false, ['up', 'down']]);
  kept.end();
  expect([seen.length, listening(), vi.getTimerCount()]).toEqual([2, 0, 0]);
});

test('the display comes back if the system discards a stop that nobody could undo', () => {
  const { seen, send, kept } = start();
  send('SIGTSTP');
  vi.advanceTimersByTime(1000);
  expect([kept.isUp(), seen]).toEqual([true, ['up', 'down', 'SIGTSTP, 0 listen', 'up']]);
  vi.advanceTimersByTime(60_000);
  expect(seen).toHaveLength(4);
  send('SIGTSTP');
  expect(seen.slice(4)).toEqual(['down', 'SIGTSTP, 0 listen']);
});

test('a resize redraws the display, but only while it is shown', () => {
  const { drawn, stream, send, kept } = start();
  stream.emit('resize');
  send('SIGTSTP');
  stream.emit('resize');
  expect(drawn).toEqual(['resized']);
  kept.end();
  expect(stream.listenerCount('resize')).toBe(0);
});
