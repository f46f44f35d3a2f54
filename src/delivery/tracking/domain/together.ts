import { burstOf, judgeClick, judgeOpen, type Classified, type RequestSigns, type Surroundings, type Verdict } from './classify.js';

/** A recorded open, click or hit on the hidden link, as it is judged again. */
export interface Tracked {
  deliveryId: string;
  personId: string;
  kind: 'open' | 'click' | 'honeypot';
  eventKey: string;
  /** Milliseconds since 1970. */
  at: number;
  /** Which link, of clicks. */
  link: number;
  network: string;
  /** Keyed hash of the address, of clicks; null for clicks of before there was one. */
  address: string | null;
  signs: RequestSigns;
  verdict: Verdict;
  reasons: readonly string[];
}

/** What is not seen in the events of the message itself. */
export interface Around {
  manyPeople(event: Tracked): boolean;
  mppRecipient(event: Tracked): boolean;
}

/** So long before and after a hit on the hidden link everything from its network is a machine's. */
export const HONEYPOT_MS = 60_000;
/** So much on both sides of a moment has to be known to judge what happened then. */
export const AROUND_MS = 62_000;

export interface Judged { event: Tracked; classified: Classified }

/** Judges opens and clicks of one message, all that is known around them at hand. */
export function judgeTogether(events: readonly Tracked[], around: Around): Judged[] {
  const clicks = events.filter(({ kind }) => kind === 'click');
  const inBurst = burstOf(clicks);
  const burst = new Set(clicks.filter((_, index) => inBurst.has(index)));
  const traps = events.filter(({ kind }) => kind === 'honeypot');
  return events.filter(({ kind }) => kind !== 'honeypot').map((event) => {
    const surroundings: Surroundings = {
      burst: burst.has(event),
      honeypot: event.network !== '' && traps.some(({ at, network }) => network === event.network && Math.abs(at - event.at) <= HONEYPOT_MS),
      manyPeople: event.kind === 'click' && around.manyPeople(event),
      mppRecipient: event.kind === 'open' && around.mppRecipient(event),
    };
    return { event, classified: judge(event, surroundings) };
  });
}

/** Adds what was known before to what is seen now: nothing that was learned is forgotten because less is looked at. */
export function keepingKnown(judged: readonly Judged[]): Judged[] {
  return judged.map(({ event, classified }) => {
    const now = new Set([...event.reasons, ...classified.reasons]);
    const surroundings: Surroundings = { burst: now.has('burst'), manyPeople: now.has('many-people'), honeypot: now.has('honeypot'), mppRecipient: now.has('mpp-recipient') };
    return { event, classified: judge(event, surroundings) };
  });
}

const judge = ({ kind, signs }: Tracked, surroundings: Surroundings): Classified => (kind === 'open' ? judgeOpen(signs, surroundings) : judgeClick(signs, surroundings));

/** Those whose verdict or reasons are now others. */
export function changedOf(judged: readonly Judged[]): Judged[] {
  return judged.filter(({ event, classified }) => classified.verdict !== event.verdict || classified.reasons.join() !== event.reasons.join());
}

/** Whoever turned Apple's protection off, or left Apple Mail, is believed again after this. */
const MPP_MS = 180 * 86_400_000;

/** Whether an open at this moment is one of somebody whose messages Apple's proxy loads. */
export function isMppRecipient({ first, last }: { first: Date | null; last: Date | null }, at: Date): boolean {
  return first !== null && last !== null && at >= first && at.getTime() <= last.getTime() + MPP_MS;
}
