import type { Output } from '../system.js';

/** Shows on stderr how a wait goes on. */
export interface Progress {
  /** Something changed: a line where nobody can see a spinner. */
  changed(line: string): void;
  /** Ends the display; the line stays on the screen, where it is given. */
  stop(line?: string, isGood?: boolean): void;
}

export const noProgress: Progress = { changed: () => undefined, stop: () => undefined };

/** For pipes, files and log viewers: one line a change, no control codes. */
export function lineProgress(write: (line: string) => void): Progress {
  return { changed: write, stop: () => undefined };
}

/** For terminals: a spinner beside a text that is asked for again twice a second. */
export async function spinnerProgress(stream: Output, color: boolean, live: () => string): Promise<Progress> {
  const { default: ora } = await import('ora');
  const spinner = ora({
    // ora means a terminal's stream; whether it is one was settled by whoever chose this display.
    stream: stream as NodeJS.WriteStream,
    isEnabled: true,
    text: live(),
    // Without raw mode Ctrl-C stays the terminal's own affair, so it reaches this process at once.
    discardStdin: false,
    ...(color ? {} : { color: false }),
  }).start();
  const timer = setInterval(() => {
    spinner.text = live();
  }, 500);
  return {
    changed: () => {
      spinner.text = live();
    },
    stop: (line, isGood = true) => {
      clearInterval(timer);
      if (line === undefined) spinner.stop();
      else spinner.stopAndPersist({ symbol: isGood ? '✔' : '✖', text: line });
    },
  };
}
