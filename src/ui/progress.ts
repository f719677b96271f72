import type { Output } from '../system.js';

/** How something came out that was shown. */
interface End {
  line: string;
  isGood: boolean;
}

/** Shows on stderr how a wait goes on. */
export interface Progress {
  /** Something changed: a line where nobody can see a spinner. */
  changed(line: string): void;
  /** Ends the display; how it came out stays on the screen, where it is given. */
  stop(ends?: readonly End[]): void;
}

export const noProgress: Progress = { changed: () => undefined, stop: () => undefined };

/** For pipes, files and log viewers: one line a change, no control codes. */
export function lineProgress(write: (line: string) => void): Progress {
  return { changed: write, stop: () => undefined };
}

/** For terminals: a spinner beside a text that is asked for again twice a second. */
export async function spinnerProgress(
  stream: Output,
  color: boolean,
  live: () => string,
  write: (line: string) => void,
): Promise<Progress> {
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
    stop: (ends = []) => {
      clearInterval(timer);
      spinner.stop();
      for (const { line, isGood } of ends) write(`${isGood ? '✔' : '✖'} ${line}`);
    },
  };
}
