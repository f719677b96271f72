import type { Host, Output } from '../base/host.js';
import { onSignals } from '../base/host.js';

/** What a display needs to know about its process. */
export interface Job {
  signals: Pick<Host, 'on' | 'off' | 'kill' | 'pid'>;
  /** Whether this process is in the terminal's foreground. If not, the shell has the terminal. */
  isInForeground(): boolean;
}

/** Something drawn in place: the rows of a wait. */
interface Display {
  putUp(): void;
  takeDown(): void;
  /** Draws it again after its data or the terminal's size changed. */
  redraw(): void;
  /** Called instead of `redraw` when the terminal's size changes. */
  resize(): void;
}

/** How often a background process checks whether it is still in the background. No signal reports that change. */
const lookMs = 1000;

/**
 * Shows a display while this process is in the terminal's foreground. Draws it again if the terminal is resized.
 * Removes it before a suspension (Ctrl-Z), in the background (bg), and before SIGHUP or SIGQUIT ends the process.
 */
export function showLive(stream: Output, { signals, isInForeground }: Job, display: Display) {
  const { putUp, takeDown, redraw, resize } = display;
  let isUp = false;
  let timer: NodeJS.Timeout | undefined;
  const down = () => {
    clearInterval(timer);
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
    isUp = true;
    putUp();
  };
  const suspend = () => {
    down();
    signals.off('SIGTSTP', suspend);
    signals.kill(signals.pid, 'SIGTSTP');
    // Without a shell that could continue this process, the system discards the stop, and no signal reports that.
    timer = setInterval(resume, lookMs).unref();
  };
  const resume = () => {
    // After a SIGSTOP, `suspend` hasn't run and still listens. Don't add it twice.
    signals.off('SIGTSTP', suspend);
    signals.on('SIGTSTP', suspend);
    up();
  };
  const dieOf = (signal: 'SIGHUP' | 'SIGQUIT') => () => {
    end();
    signals.kill(signals.pid, signal);
  };
  const deaths = { SIGHUP: dieOf('SIGHUP'), SIGQUIT: dieOf('SIGQUIT') };
  const stopListening = onSignals(signals, { SIGTSTP: suspend, SIGCONT: resume, ...deaths });
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
    /** Returns false if the display is not up, so nobody sees it. */
    redraw: () => {
      if (isUp) redraw();
      return isUp;
    },
    end,
  };
}
