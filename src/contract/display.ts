import { z } from 'zod';
import { DurationSchema, Instant, LocalTime, WeekdayName } from './common.js';

/** A glob over host and path or a linear-time expression, as in page conditions of segments (segments/domain/url-pattern.ts). */
const PagePattern = z.strictObject({ match: z.enum(['glob', 'regex']).default('glob'), pattern: z.string().min(1).max(200) });

/** One query parameter of the page's address. Names are compared exactly, values too. */
const QueryRule = z.strictObject({ name: z.string().min(1).max(100), op: z.enum(['is', 'is_not', 'exists', 'not_exists']).default('exists'), value: z.string().max(500).optional() });

/** Where: all parts that are given must hold; inside `include`, one of them. Evaluated in the browser, again at the moment of display. */
export const PageRule = z
  .strictObject({
    include: z.array(PagePattern).max(20).default([]),
    exclude: z.array(PagePattern).max(20).default([]),
    query: z.array(QueryRule).max(10).default([]),
    /** Registrable hosts the visitor came from (`google.com` also stands for `www.google.com`); `direct` is no referrer. */
    referrer: z.array(z.string().min(1).max(253)).max(20).default([]),
    /** Campaign parameters of the current page visit: `utm_source`, `utm_medium`, `utm_campaign`, `utm_term`, `utm_content`. */
    utm: z.partialRecord(z.enum(['source', 'medium', 'campaign', 'term', 'content']), z.string().min(1).max(200)).default({}),
    device: z.enum(['desktop', 'mobile']).optional(),
    /** Prefixes of the browser's languages: `ko` also stands for `ko-KR`. */
    languages: z.array(z.string().min(1).max(35)).max(20).default([]),
    /** Visits of this browser, this one included; a visit ends after 30 minutes without attention or with a new campaign. */
    visits: z.strictObject({ min: z.number().int().min(1).max(1_000).default(1), max: z.number().int().min(1).max(1_000).optional() }).optional(),
  })
  .meta({ id: 'PageRule' });
export type PageRule = z.infer<typeof PageRule>;

/** When, on a page that fits. Definitions of attention, depth and exit: visitors design, section 1.4. */
export const DisplayTrigger = z
  .discriminatedUnion('type', [
    z.strictObject({ type: z.literal('page_view') }),
    z.strictObject({
      type: z.literal('dwell'),
      /** Of attention, not of the clock on the wall. */
      seconds: z.number().min(0.5).max(86_400),
      scope: z.enum(['page', 'path_in_session', 'session']).default('page'),
      /** Seconds without activity after which nobody is attentive any more; null: never. The site's own (60) when absent. */
      idle: z.number().int().min(15).max(600).nullable().optional(),
      focus: z.enum(['any', 'required']).default('any'),
    }),
    z.strictObject({ type: z.literal('scroll'), percent: z.number().int().min(1).max(100) }),
    z.strictObject({ type: z.literal('exit_intent'), touch: z.boolean().default(false) }),
    /** The page calls `danbi.track(event)`. */
    z.strictObject({ type: z.literal('event'), event: z.string().min(1).max(200) }),
    /** The page calls `danbi.show(id)`. */
    z.strictObject({ type: z.literal('manual') }),
  ])
  .meta({ id: 'DisplayTrigger' });
export type DisplayTrigger = z.infer<typeof DisplayTrigger>;

/** How often one person sees it. Counted on the server by confirmed impressions, exact over tabs and devices. */
export const DisplayFrequency = z.strictObject({
  /** Impressions of one person, in all; null: as often as the other rules allow. */
  times: z.number().int().min(1).max(1_000).nullable().default(1),
  /** At least this long between two impressions. */
  every: DurationSchema.optional(),
  /** Not twice in one visit. */
  oncePerVisit: z.boolean().default(true),
});
export type DisplayFrequency = z.infer<typeof DisplayFrequency>;

/** Between two moments, and inside them on days and hours of the visitor's own zone. */
export const DisplaySchedule = z.strictObject({
  from: Instant.optional(),
  until: Instant.optional(),
  weekdays: z.array(WeekdayName).max(7).default([]),
  hours: z.strictObject({ from: LocalTime, to: LocalTime }).optional(),
});

/** Places on the page; one message at a time in each, and one in the whole browser unless both classes differ. */
export const DISPLAY_SLOTS = ['corner', 'top', 'bottom', 'center'] as const;

/** Everything about display that is not the message itself. */
export const Display = z
  .strictObject({
    page: PageRule.default({ include: [], exclude: [], query: [], referrer: [], utm: {}, languages: [] }),
    trigger: DisplayTrigger,
    frequency: DisplayFrequency.default({ times: 1, oncePerVisit: true }),
    /** Impressions of everybody, in all; exact. */
    cap: z.number().int().min(1).max(1_000_000_000).optional(),
    schedule: DisplaySchedule.optional(),
    /** By format when absent. */
    slot: z.enum(DISPLAY_SLOTS).optional(),
    /** The higher one is displayed first; ties go to the older campaign. */
    priority: z.number().int().min(0).max(100).default(50),
    /** `essential` ones do not count in the workspace's limit of displays a day and are not held back by it. */
    class: z.enum(['standard', 'essential']).default('standard'),
  })
  .meta({ id: 'Display' });
export type Display = z.infer<typeof Display>;
