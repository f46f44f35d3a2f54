/**
 * Attention as a state with the time as argument (ms of `performance.now()`), so that every trace can be replayed in a test.
 * Names that end with an underscore are shortened by the build.
 */

/** One way to count: after how much silence nobody is attentive, and whether the window must have the focus. */
export interface Meter {
  /** ms */
  idle_: number;
  focus_: boolean;
  /** Attention of this page visit, ms. */
  ms_: number;
  /** The part of it that has come since somebody set this to zero. */
  new_: number;
}

export interface Attention {
  /** The page is visible and not prerendered. */
  seen_: boolean;
  focus_: boolean;
  /** Last activity. */
  active_: number;
  /** Up to when the meters are counted. */
  at_: number;
  /** When the timer was to go off; Infinity without one. */
  due_: number;
  meters_: Meter[];
}

/** Longest pause between two looks at the clock while somebody is attentive, ms. */
export const TICK = 5_000;
/** A timer later than this says that the machine slept: what came after it was due is nobody's attention. */
const LATE = 2_000;

/** How long the attention `meter` counts will go on from `at_` if nothing happens, ms; 0 when there is none. */
export const lasting = ({ seen_, focus_, active_, at_ }: Attention, meter: Meter): number => (seen_ && (focus_ || !meter.focus_) ? Math.max(active_ + meter.idle_ - at_, 0) : 0);

/** Counts up to `now`. Comes before every change of the state. */
export function settle(state: Attention, now: number): void {
  const until = now > state.due_ + LATE ? state.due_ : now;
  for (const meter of state.meters_) {
    const ms = Math.max(Math.min(lasting(state, meter), until - state.at_), 0);
    meter.ms_ += ms;
    meter.new_ += ms;
  }
  state.at_ = now;
}

/** Somebody has done something, or the page has come into view or left it. */
export function act(state: Attention, now: number, seen = state.seen_): void {
  settle(state, now);
  state.active_ = now;
  state.seen_ = seen;
}

/** Begins to count anew. */
export function restart(state: Attention, now: number, seen: boolean): void {
  act(state, now, seen);
  state.due_ = Infinity;
  for (const meter of state.meters_) meter.ms_ = meter.new_ = 0;
}
