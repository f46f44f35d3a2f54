import type { WireRule } from '../../../src/contract/visitor-wire.js';
import type { MessageInfo } from '../api.js';
import type { Shown } from '../ui-contract.js';
import type { Why } from '../visit/contract.js';

/** A message that could be displayed now. */
export interface Candidate {
  rule_?: WireRule;
  /** An in-app message: id of the delivery. */
  delivery_?: string;
  why_?: Why;
  /** Smaller goes first. */
  order_: number;
  /** Page visit in which the rule came true; absent for what does not depend on a page. */
  visit_?: string;
  /** The attempt, so that asking again answers the same. */
  claim_?: string;
  tries_?: number;
  /** What the site is told of it, once the server has said yes. */
  info_?: MessageInfo;
  /** It is on the page. */
  shown_?: Shown;
}

/** Ids of campaigns: the visit they were displayed in, or before when asking again makes no sense (ms since 1970). */
export type Caps = Record<string, string | number>;

const MOST_CAPS = 100;

/** A campaign, or what was sent to this person. */
export const idOf = ({ rule_, delivery_ }: Candidate): string | undefined => rule_?.i ?? delivery_;

/** Place of a rule. Smaller goes first: essential, then what was sent to this person ({@link SENT}), then the others; each in the server's order. */
export const place = ({ e }: { e?: 1 }, index: number): number => index - (e ? 2e6 : 0);
/** Before the first message to this person. */
export const SENT = -1e6;

/** Could the server say yes? What is certain to be refused is not asked. */
export const mayAsk = (cap: Caps[string] | undefined, visitId: string, now: number): boolean => cap !== visitId && !((cap as number) > now);

/** Notes what happened with a campaign; of many, the oldest go. */
export const withCap = (caps: Caps, campaign: string, cap: Caps[string]): Caps => Object.fromEntries(Object.entries({ ...caps, [campaign]: cap }).slice(-MOST_CAPS));
