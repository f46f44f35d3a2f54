import { opensAt } from '../../../kernel/local-time.js';
import type { SendWindow } from '../../../contract/pacing.js';
import { nightEnd, type Night } from './night.js';

/** A rule that closes some hours of the day. */
export type Closing =
  | { rule: 'night_gate' | 'quiet_hours'; hours: Night }
  | { rule: 'send_window'; window: SendWindow };

/** Why a message waits for a better hour. */
export interface QuietWait { until: Date; facts: { rule: Closing['rule']; zone: string; from: string; to: string; weekdays?: readonly string[]; detail: string } }

/** Rules that leave no hour open between them are asked about anew after so long. */
const ROUNDS = 40;

/**
 * The first moment at which none of these rules closes, in the zone of the person; null when that is now. The rule that is told is the first one
 * that closes now.
 */
export function judgeQuiet(closings: readonly Closing[], now: Date, zone: string): QuietWait | null {
  const first = closings.find((closing) => endOf(closing, now, zone) !== null);
  if (!first) return null;
  let until = now;
  for (let round = 0; round < ROUNDS; round += 1) {
    const later = closings.map((closing) => endOf(closing, until, zone)).filter((end) => end !== null);
    if (later.length === 0) break;
    until = later.reduce((latest, end) => (end > latest ? end : latest));
  }
  return { until, facts: factsOf(first, zone) };
}

/** When a rule that closes a moment opens again; null when it does not close it. */
function endOf(closing: Closing, at: Date, zone: string): Date | null {
  return closing.rule === 'send_window' ? opensAt(at, closing.window, zone) : nightEnd(at, closing.hours, zone);
}

function factsOf(closing: Closing, zone: string): QuietWait['facts'] {
  if (closing.rule === 'send_window') {
    const { from, to, weekdays } = closing.window;
    return { rule: closing.rule, zone, from, to, weekdays, detail: `Goes from ${from} to ${to}${weekdays.length > 0 ? ` on ${weekdays.join(', ')}` : ''} in ${zone}.` };
  }
  const { from, to } = closing.hours;
  const missing = closing.rule === 'night_gate' ? 'NIGHT_CONSENT_MISSING' : 'Quiet hours';
  return { rule: closing.rule, zone, from, to, detail: `${missing}: ${from} to ${to} in ${zone}` };
}
