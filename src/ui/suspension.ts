import type { System } from '../system.js';

/** What of the process a display needs that may be suspended (Ctrl-Z). */
export type Signals = Pick<System, 'on' | 'off' | 'kill' | 'pid'>;

/** Takes a display out of the shell's way before a suspension, and puts it up anew after it. Returns what ends that. */
export function onSuspension(signals: Signals, takeDown: () => void, putUp: () => void): () => void {
  const suspend = () => {
    takeDown();
    signals.off('SIGTSTP', suspend);
    signals.kill(signals.pid, 'SIGTSTP');
  };
  const resume = () => {
    // Also after a stop that nobody could see coming.
    signals.off('SIGTSTP', suspend);
    signals.on('SIGTSTP', suspend);
    putUp();
  };
  signals.on('SIGTSTP', suspend);
  signals.on('SIGCONT', resume);
  return () => {
    signals.off('SIGTSTP', suspend);
    signals.off('SIGCONT', resume);
  };
}
