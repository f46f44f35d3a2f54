import { isKorean, ruleOf, type RuledWorkspace } from './rule-settings.js';

/** What the law asks of one marketing message. */
export interface Advertising {
  /** Channels on which it begins with the label. */
  label: readonly string[];
  /** It needs the contact of its sender. */
  contact: boolean;
  /** The footer says in Korean and English how to refuse, free of charge. */
  optOut: boolean;
}

/** What the rules of a workspace ask of a message to a person; null for transactional ones. */
export function advertisingOf(workspace: RuledWorkspace, person: { timeZone: string | null; language: string | null }, transactional: boolean): Advertising | null {
  if (transactional) return null;
  const [label, optOut] = [ruleOf(workspace, 'ad_label'), ruleOf(workspace, 'opt_out_notice')];
  const meant = (recipients: 'all' | 'korean') => recipients === 'all' || isKorean({ timeZone: person.timeZone ?? workspace.timeZone, language: person.language ?? workspace.language });
  return {
    label: label.on && meant(label.parameters.recipients) ? label.parameters.channels : [],
    contact: ruleOf(workspace, 'sender_identity').on,
    optOut: optOut.on && meant(optOut.parameters.recipients),
  };
}
