import { PARAMETERS, RULES, type RuleKey, type RuleParameters } from './catalogue.js';

/** What decides about rules, of a workspace. */
export interface RuledWorkspace { timeZone: string; language: string; settings: { rules?: Record<string, unknown> } }

/** A rule as it stands in one workspace. */
export interface RuleState<K extends RuleKey = RuleKey> {
  on: boolean;
  parameters: RuleParameters[K];
  /** On by itself: because it always is at first, or because the workspace is Korean. */
  initiallyOn: boolean;
  /** The workspace has set its switch. */
  set: boolean;
}

/** A workspace of language ko or zone Asia/Seoul is Korean: the Korean rules are on at first. */
export const isKorean = ({ timeZone, language }: { timeZone: string | null; language: string | null }): boolean => timeZone === 'Asia/Seoul' || /^ko\b/i.test(language ?? '');

/** How one rule stands. Stored parameters that are no longer valid count as not set. */
export function ruleOf<K extends RuleKey>(workspace: RuledWorkspace, key: K): RuleState<K> {
  const { initially } = RULES.find((rule) => rule.key === key)!;
  const stored = storedOf(workspace, key);
  const initiallyOn = initially === 'korean' ? isKorean(workspace) : true;
  const read = PARAMETERS[key].safeParse(stored.parameters ?? {});
  const parameters = (read.success ? read.data : PARAMETERS[key].parse({})) as RuleParameters[K];
  return { on: initially === 'fixed' || (stored.on ?? initiallyOn), parameters, initiallyOn, set: stored.on !== undefined };
}

/** What the workspace itself said about a rule. */
export function storedOf({ settings }: RuledWorkspace, key: RuleKey): { on?: boolean; parameters?: Record<string, unknown> } {
  return (settings.rules?.[key] ?? {}) as { on?: boolean; parameters?: Record<string, unknown> };
}
