import type { Clock } from '../base/clock.js';
import { formatDuration } from '../base/duration.js';
import type { Live, Progress } from './progress.js';

/** A row on a terminal that says that answers are awaited. It is gone before anything else is shown. */
export interface WaitSign {
  /** An answer is awaited from now on, until what is returned is called. */
  begin(): () => void;
  /** Something else has the terminal from now on, until what is returned is called. */
  giveWay(): () => void;
}

/** Most answers come sooner, and a row that only flashes up disturbs. */
const patienceMs = 1000;

export const noWaitSign: WaitSign = { begin: () => () => undefined, giveWay: () => () => undefined };

export function createWaitSign(
  clock: Pick<Clock, 'monotonic' | 'timeout'>,
  open: (live: Live) => Promise<Pick<Progress, 'stop'>>,
): WaitSign {
  let [awaited, others] = [0, 0];
  /** A new one each time that the row has to go: what was begun before comes too late. */
  let turn = {};
  let shown: Pick<Progress, 'stop'> | undefined;
  const takeDown = () => {
    turn = {};
    shown?.stop();
    shown = undefined;
  };
  const arm = () => {
    if (awaited === 0 || others > 0) return;
    const mine = turn;
    const started = clock.monotonic();
    const show = async () => {
      if (turn !== mine) return;
      const row = await open(() => [['Waiting for Atlas', formatDuration(clock.monotonic() - started)]]);
      if (turn === mine) shown = row;
      else row.stop();
    };
    // Without the row the answer is worth as much.
    clock.timeout(patienceMs).addEventListener('abort', () => void show().catch(() => undefined));
  };
  return {
    begin: () => {
      awaited++;
      if (awaited === 1) arm();
      return () => {
        awaited--;
        if (awaited === 0) takeDown();
      };
    },
    giveWay: () => {
      others++;
      takeDown();
      return () => {
        others--;
        arm();
      };
    },
  };
}
