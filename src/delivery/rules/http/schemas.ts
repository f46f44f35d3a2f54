import { z } from 'zod';
import { PARAMETERS, type RuleKey } from '../domain/catalogue.js';

const KEYS = Object.keys(PARAMETERS) as [RuleKey, ...RuleKey[]];
const Words = z.object({ en: z.string(), ko: z.string() });

export const SendingRuleList = z.object({
  korean: z.boolean().meta({ description: 'The workspace has the language ko or the zone Asia/Seoul: the Korean rules are on at first' }),
  items: z.array(z.object({
    key: z.enum(KEYS), title: Words, text: Words, sources: z.array(z.object({ name: z.string(), says: z.string() })), initially: z.enum(['on', 'korean', 'fixed']),
    on: z.boolean(), set: z.boolean().meta({ description: 'The workspace has set the switch itself' }), initiallyOn: z.boolean(), because: Words, parameters: z.record(z.string(), z.unknown()),
  })),
}).meta({ id: 'SendingRuleList' });

const Change = z.strictObject({ on: z.boolean().optional(), parameters: z.record(z.string().max(40), z.unknown()).optional() }).nullable();
export const SendingRulesPatch = z.strictObject({
  rules: z.partialRecord(z.enum(KEYS), Change).refine((rules) => Object.keys(rules).length > 0, 'names no rule').meta({ description: 'By key; null takes a rule back to how it is at first' }),
}).meta({ id: 'SendingRulesPatch' });
