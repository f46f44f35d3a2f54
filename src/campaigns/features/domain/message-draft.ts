import type { DraftDefinition } from '../../../contract/campaign-draft.js';
import type { EmailContent } from '../../../contract/message.js';
import type { PropertyFilter } from '../../../contract/segment-conditions.js';

/** The goal by which a campaign counts who uses the feature. */
export const USED = 'used';

export interface Told { name: string; event: string | null; where: readonly PropertyFilter[]; goalDays: number; topic: string }

/** The campaign that tells: one message to whoever asked, each as they come, once. */
export function messageDraft(feature: Told, content: EmailContent): DraftDefinition {
  return {
    type: 'series', entry: { type: 'api' }, reentry: { policy: 'never' }, exitRules: [], goals: goalsWith(feature, []), start: 'message',
    steps: [{ id: 'message', type: 'message', channel: 'email', name: '', topic: feature.topic, variants: [{ key: 'a', name: '', weight: 1, content }], next: null }],
  };
}

/** The goals of a draft with the one of the feature as the feature says it now; others stay. */
export function goalsWith({ name, event, where, goalDays }: Told, goals: readonly object[]): object[] {
  const others = goals.filter((goal) => (goal as { key?: unknown }).key !== USED);
  if (event === null) return others;
  const primary = !others.some((goal) => (goal as { primary?: unknown }).primary === true);
  return [{ key: USED, name: name.slice(0, 200), primary, exits: false, window: { days: goalDays }, event: { name: event, where: [...where] } }, ...others];
}
