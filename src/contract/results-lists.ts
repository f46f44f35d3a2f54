import { z } from 'zod';
import { Id, Instant } from './common.js';
import { Measure, VerdictState } from './experiment.js';

const Count = z.number().int();
const Text = z.object({ en: z.string(), ko: z.string() });

/** `running`: the campaign takes people in or has people under way. */
const Of = z.enum(['running', 'ended', 'all']).default('running');
const page = { limit: z.coerce.number().int().min(1).max(200).default(50), after: z.string().max(400).optional(), of: Of, q: z.string().min(1).max(200).optional().meta({ description: 'Part of the name of the campaign' }) };

export const ExperimentsQuery = z.strictObject({ ...page, state: VerdictState.optional() });
export type ExperimentsQuery = z.infer<typeof ExperimentsQuery>;

const campaign = { campaignId: Id, campaign: z.string(), campaignState: z.string(), type: z.string() };

export const ExperimentList = z
  .object({
    items: z.array(z.object({
      experimentId: Id, ...campaign, stepId: z.string(), external: z.boolean(),
      goal: z.object({ key: z.string(), name: z.string() }), measure: Measure,
      state: VerdictState, winner: z.string().nullable(),
      sentence: Text.nullable().meta({ description: 'What the last look says; null before the first one' }),
      people: Count.nullable().meta({ description: 'Assigned by the last look; null before the first one' }),
      readoutAt: Instant.nullable(),
      asOf: Instant.nullable().meta({ description: 'The last look' }),
      choice: z.string().nullable().meta({ description: 'The arm that everybody new gets, when one was chosen' }),
    })),
    next: z.string().nullable(),
  })
  .meta({ id: 'ExperimentList' });

export const GoalsQuery = z.strictObject(page);
export type GoalsQuery = z.infer<typeof GoalsQuery>;

export const GoalList = z
  .object({
    items: z.array(z.object({
      ...campaign, version: Count,
      goal: z.object({ key: z.string(), name: z.string(), currency: z.string().nullable() }).meta({ description: 'The primary goal of the current version' }),
      messages: z.array(z.object({
        stepId: z.string(), channel: z.string().nullable(),
        people: Count.meta({ description: 'Assigned by chance at this message, controls too' }),
        converted: Count, value: z.number().nullable(),
      })).meta({ description: 'In the order of the campaign. People come to several messages, so these are never added up' }),
    })),
    next: z.string().nullable(),
  })
  .meta({ id: 'GoalList' });

const Ids = z.string().max(8_000).transform((text) => text.split(',')).pipe(z.array(Id).min(1).max(200));
export const TotalsQuery = z.strictObject({ ids: Ids.meta({ description: 'Up to 200 campaigns, joined by ","' }) });
export type TotalsQuery = z.infer<typeof TotalsQuery>;

export const CampaignTotalsList = z
  .object({
    items: z.array(z.object({
      campaignId: Id,
      inSeries: Count.meta({ description: 'Runs under way' }),
      queued: Count.meta({ description: 'Messages that wait to be sent' }),
      sent: Count,
      goal: z.object({
        key: z.string(), name: z.string(), stepId: z.string(),
        people: Count.meta({ description: 'Assigned at the message that most people came to' }),
        converted: Count.meta({ description: 'Of them, who reached the primary goal within its window' }),
      }).nullable().meta({ description: 'Null without a goal, and before anybody came to a message' }),
    })),
  })
  .meta({ id: 'CampaignTotalsList', description: 'As worked off: a moment behind the ledger' });
export type CampaignTotalsList = z.infer<typeof CampaignTotalsList>;
