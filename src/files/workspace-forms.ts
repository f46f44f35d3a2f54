import { z } from 'zod';
import { HoldoutGoal, NewHoldout } from '../contract/holdout.js';
import { LabelInput, LabelKey, LabelKind } from '../contract/labels.js';
import { PacingSettings } from '../contract/pacing.js';
import { SafetySettings } from '../contract/safety.js';
import { PARAMETERS, RULES, type RuleKey } from '../delivery/rules/domain/catalogue.js';

const byKey = (a: { kind: string; key: string }, b: { kind: string; key: string }): number => (a.kind === b.kind ? (a.key < b.key ? -1 : 1) : a.kind < b.kind ? -1 : 1);
/** What a label is about, as one word. */
export const labelPlace = ({ kind, key }: { kind: string; key: string }): string => `${kind} ${key}`;

const Label = z.strictObject({ kind: LabelKind, key: LabelKey, ...LabelInput.shape }).refine(({ en, ko, description }) => en !== '' || ko !== '' || description !== '', { path: ['en'], message: 'give a name in one language at least, or a description' });
export type Label = z.infer<typeof Label>;
/** All of them in one file, in one order. */
export const LabelsForm = z.strictObject({
  labels: z.array(Label).max(2_000).default([]).refine((labels) => new Set(labels.map(labelPlace)).size === labels.length, 'names something twice').transform((labels) => labels.toSorted(byKey)),
});

/** A rule as the workspace says it; what it does not say is as it is at first. */
export interface SaidRule { on?: boolean | undefined; parameters?: Record<string, unknown> | undefined }
const Rule = z.strictObject({ on: z.boolean().optional(), parameters: z.record(z.string(), z.unknown()).optional() });
const SWITCHED = RULES.filter(({ initially }) => initially !== 'fixed').map(({ key }) => key);

/** Without what says nothing. */
export function plainRules(rules: Record<string, unknown>): Partial<Record<RuleKey, SaidRule>> {
  return Object.fromEntries(Object.entries(rules).flatMap(([key, rule]): [string, SaidRule][] => {
    const { on, parameters = {} } = (rule ?? {}) as SaidRule;
    const said = { ...(on === undefined ? {} : { on }), ...(Object.keys(parameters).length === 0 ? {} : { parameters }) };
    return Object.keys(said).length === 0 ? [] : [[key, said]];
  }));
}

const Rules = z.strictObject(Object.fromEntries(SWITCHED.map((key) => [key, Rule.optional()])) as Record<RuleKey, z.ZodOptional<typeof Rule>>)
  .superRefine((rules, context) => {
    for (const [key, rule] of Object.entries(rules) as [RuleKey, SaidRule | undefined][]) {
      const read = PARAMETERS[key].safeParse(rule?.parameters ?? {});
      for (const { path, message } of read.error?.issues ?? []) context.addIssue({ code: 'custom', path: [key, 'parameters', ...path], message });
    }
  })
  .transform(plainRules);

/** Each part by itself is said whole; one that is missing stays as it is. */
export const SettingsForm = z.strictObject({ pacing: PacingSettings.optional(), safety: SafetySettings.optional(), rules: Rules.optional() });
export type SettingsForm = z.infer<typeof SettingsForm>;

/** What a holdout says; campaigns by their keys in files. */
export const HoldoutDefinition = z.strictObject({ percent: NewHoldout.shape.percent, campaignIds: NewHoldout.shape.campaignIds, exceptCampaignIds: NewHoldout.shape.exceptCampaignIds, goal: HoldoutGoal });
export type HoldoutDefinition = z.infer<typeof HoldoutDefinition>;
