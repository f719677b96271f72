import type { Output, System } from '../base/host.js';
import { onSignals } from '../base/signals.js';

/** What a display needs to know of the process that it is a part of. */
export interface Job {
  signals: Pick<System, 'on' | 'off' | 'kill' | 'pid'>;
  /** Whether the terminal is this process's own now, rather than the shell's. */
  isInForeground(): boolean;
}

/** What is drawn in place: the rows of a wait, or a table that is refreshed. */
interface Display {
  putUp(): void;
  takeDown(): void;
  /** Draws it again, since what it shows, or the size of the terminal, has changed. */
  redraw(): void;
  /** Where a terminal of another size takes more than that. */
  resize?(): void;
}

/** How often a process in the background looks whether it still is: no signal tells of the change. */
const lookMs = 1000;

/**
 * Shows a display while the terminal is this process's own, and draws it again when the terminal gets another size. It
 * is out of the shell's way before a suspension (Ctrl-Z) and in the background (bg), and before a signal that ends the
 * process without a word.
 */
export function showLive(stream: Output, { signals, isInForeground }: Job, display: Display) {
  const { putUp, takeDown, redraw, resize = redraw } = display;
  let isUp = false;
  let timer: NodeJS.Timeout | undefined;
  const down = () => {
    clearInterval(timer);
    timer = undefined;
    if (isUp) takeDown();
    isUp = false;
  };
  const up = () => {
    if (!isInForeground()) {
      down();
      timer = setInterval(up, lookMs).unref();
      return;
    }
    clearInterval(timer);
    timer = undefined;
    isUp = true;
    putUp();
  };
  const suspend = () => {
    down();
    signals.off('SIGTSTP', suspend);
    signals.kill(signals.pid, 'SIGTSTP');
    // Where no shell could continue it, the stop is discarded, and no signal tells of that.
    timer = setInterval(resume, lookMs).unref();
  };
  const resume = () => {
    // Also after a stop that nobody could see coming.
    signals.off('SIGTSTP', suspend);
    signals.on('SIGTSTP', suspend);
    up();
  };
  const dieOf = (signal: 'SIGHUP' | 'SIGQUIT') => () => {
    end();
    signals.kill(signals.pid, signal);
  };
  const stopListening = onSignals(signals, {
    SIGTSTP: suspend,
    SIGCONT: resume,
    SIGHUP: dieOf('SIGHUP'),
    SIGQUIT: dieOf('SIGQUIT'),
  });
  const end = () => {
    stopListening();
    stream.off('resize', onResize);
    down();
  };
  const onResize = () => {
    if (isUp) resize();
  };
  stream.on('resize', onResize);
  up();
  return {
    /** False where it is not up, so that nobody sees it. */
    redraw: () => {
      if (isUp) redraw();
      return isUp;
    },
    end,
  };
}
