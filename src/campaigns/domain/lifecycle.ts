import type { CampaignState } from './state.js';

export type Verb = 'publish' | 'pause' | 'resume' | 'drain' | 'stop' | 'archive';

/**
 * What each verb may be said to, and what comes of it. Pausing holds entries, steps and sends; draining ends entries only;
 * stopping is final. A campaign that is paused while draining goes on with `drain` (no entries) or `resume` (entries).
 */
export const TRANSITIONS: Record<Verb, { from: readonly CampaignState[]; to: CampaignState }> = {
  publish: { from: ['draft', 'active', 'paused', 'draining'], to: 'active' },
  pause: { from: ['active', 'draining'], to: 'paused' },
  resume: { from: ['paused', 'draining'], to: 'active' },
  drain: { from: ['active', 'paused'], to: 'draining' },
  stop: { from: ['active', 'paused', 'draining'], to: 'stopped' },
  archive: { from: ['draft', 'active', 'draining', 'stopped'], to: 'archived' },
};

/** From these states a campaign can be archived only when nothing of it is left to do. */
export const ARCHIVED_WHEN_IDLE: readonly CampaignState[] = ['active', 'draining'];

/** What an editor can do instead, said after "It is <state>". */
export function whatInstead(verb: Verb, state: CampaignState): string {
  if (state === 'stopped' || state === 'archived') return verb === 'publish' ? 'Duplicate it to send again.' : 'That is final; duplicate it to start over.';
  const possible = (Object.keys(TRANSITIONS) as Verb[]).filter((other) => other !== verb && TRANSITIONS[other].from.includes(state));
  return `Possible now: ${possible.join(', ')}.`;
}
