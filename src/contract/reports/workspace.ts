import { z } from 'zod';
import { Id, Key } from '../common.js';
import { AsOf, Count, Period, PeriodQuery, Rate, Words } from './common.js';

const CampaignIds = z.string().max(2_000).transform((text) => text.split(',')).pipe(z.array(Id).min(1).max(50)).optional().describe('Ids with commas between; all campaigns when absent');

export const SeriesQuery = z.strictObject({ ...PeriodQuery.shape, by: z.enum(['hour', 'day']).default('day'), /** Goal that counts as converted (reports of one campaign only). */ goal: Key.optional() });
export const TimeSeries = z.object({
  asOf: AsOf, period: Period, by: z.enum(['hour', 'day']),
  items: z.array(z.object({
    /** [start, end): a day of 23 or 25 hours is one day. `local`: the start as clocks show it. */
    start: z.iso.datetime(), end: z.iso.datetime(), local: z.string(),
    entered: Count, sent: Count, delivered: Count, control: Count,
    /** Of `sent`: to people who got their arm because it was chosen for everybody new. */
    sentChosen: Count,
    /** Messages that were opened for the first time (by best evidence), and those clicked by a person. */
    openedHuman: Count, openedUnknown: Count, openedMachine: Count, clicked: Count,
    /** People who met the goal for the first time; null in reports of several campaigns, whose goals differ. */
    converted: Count.nullable(),
    /** Of `converted`: people who got an arm because it was chosen for everybody new. */
    convertedChosen: Count.nullable(),
    bounced: Count, complained: Count, unsubscribed: Count, dismissed: Count, replied: Count, refused: Count,
  })),
}).meta({ id: 'TimeSeriesReport' });
export type TimeSeries = z.infer<typeof TimeSeries>;

export const RefusalQuery = z.strictObject({ ...PeriodQuery.shape, by: z.enum(['hour', 'day']).default('day') });
export const RefusalReport = z.object({
  asOf: AsOf, period: Period, by: z.enum(['hour', 'day']),
  /** Over the whole period, largest first. `stage`: at the entry of a campaign, at a step, or of a message that was stopped. */
  reasons: z.array(z.object({ code: z.string(), stage: z.enum(['entry', 'step', 'message']), words: Words, count: Count })),
  items: z.array(z.object({ start: z.iso.datetime(), end: z.iso.datetime(), local: z.string(), code: z.string(), stage: z.enum(['entry', 'step', 'message']), count: Count })),
}).meta({ id: 'RefusalReport' });
export type RefusalReport = z.infer<typeof RefusalReport>;

export const DeliverabilityQuery = z.strictObject({
  ...PeriodQuery.shape, campaigns: CampaignIds,
  by: z.enum(['domain', 'relay', 'domain_and_relay']).default('domain'),
  /** The domains with most messages; the others are one row, "other". */
  top: z.coerce.number().int().min(1).max(1_000).default(50),
});
const Deliverability = {
  /** E-mails of the period (by when they were queued) that were tried at least once. */
  tried: Count,
  /** Accepted by the relay, bounced later or not. */
  sent: Count,
  /** Accepted and not bounced. */
  delivered: Count,
  hardBounced: Count, softBounced: Count,
  /** Refused because of us: reputation, authentication, rate, content. */
  blocked: Count,
  /** Refused for good for another reason, or given up. */
  failed: Count,
  complained: Count, uncertain: Count,
  /** Waits for another try now; and how many needed more than one. */
  deferred: Count, retried: Count,
};
export const DeliverabilityReport = z.object({
  asOf: AsOf, period: Period, by: z.string(), total: z.object(Deliverability),
  items: z.array(z.object({ domain: z.string().nullable(), relay: z.string().nullable(), ...Deliverability, rates: z.object({ delivered: Rate, hardBounced: Rate, softBounced: Rate, blocked: Rate, complained: Rate }) })),
}).meta({ id: 'DeliverabilityReport' });
export type DeliverabilityReport = z.infer<typeof DeliverabilityReport>;

export const OverlapQuery = z.strictObject({ ...PeriodQuery.shape, campaigns: CampaignIds, /** Counts people who got more messages than this. */ more: z.coerce.number().int().min(0).max(10_000).default(5) });
export const OverlapReport = z.object({
  asOf: AsOf, period: Period, people: Count, messages: Count,
  /** The 50 campaigns with most people. */
  campaigns: z.array(z.object({ campaignId: Id, name: z.string(), people: Count, messages: Count, /** People who got messages of no other campaign. */ alone: Count })),
  pairs: z.array(z.object({ a: Id, b: Id, people: Count, /** Of the people of the smaller of the two. */ share: Rate })),
  /** How many people got 1, 2, 3 … messages; 50 stands for 50 and more. */
  distribution: z.array(z.object({ messages: Count, people: Count })),
  more: z.object({ than: Count, people: Count }),
}).meta({ id: 'OverlapReport' });
export type OverlapReport = z.infer<typeof OverlapReport>;

export const CrowdedQuery = z.strictObject({ ...PeriodQuery.shape, campaigns: CampaignIds, more: z.coerce.number().int().min(0).max(10_000).default(5), limit: z.coerce.number().int().min(1).max(200).default(50), after: z.string().max(400).optional() });
export const Crowded = z.object({ items: z.array(z.object({ personId: Id, messages: Count, campaigns: Count })), next: z.string().nullable() }).meta({ id: 'CrowdedPeople' });
