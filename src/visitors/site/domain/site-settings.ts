import { z } from 'zod';
import type { SiteSettings } from '../../../contract/visitor-wire.js';

/** Names of query parameters: what a browser may be told to ignore. */
const Parameter = z.string().trim().regex(/^[\w.~\-[\]*]{1,60}$/, 'must be the name of a query parameter; * at its end means any continuation');

/** What the site's owner decides for every browser. */
export const SiteSettingsSchema = z.strictObject({
  off: z.boolean().default(false).meta({ description: 'Kill switch: browsers stop, store nothing and display nothing from their next boot on' }),
  idleSeconds: z.int().min(15).max(600).default(60).meta({ description: 'Without activity for so long nobody is attentive' }),
  hashNamesPages: z.boolean().default(false).meta({ description: 'What follows # names a page (#/pricing)' }),
  ignoredParameters: z.array(Parameter).max(50).default([]).meta({ description: 'Query parameters that do not make another page, beside utm_* and click ids' }),
  consent: z.enum(['granted', 'pending']).default('granted').meta({ description: 'Before a visitor has said anything; pending: nothing is stored and nothing sent' }),
  respectPrivacySignals: z.boolean().default(true).meta({ description: 'Global Privacy Control and Do Not Track deny analytics' }),
  scrollElement: z.string().trim().min(1).max(200).nullable().default(null).meta({ description: 'CSS selector of the element that scrolls, where it is not the page' }),
  ipAddresses: z.enum(['full', 'truncated', 'none']).default('truncated').meta({ description: 'What is kept of an IP address in the context of an event: all, the network (/24, /48), nothing' }),
}).meta({ id: 'SiteSettings' });
export type SiteSettingsRecord = z.infer<typeof SiteSettingsSchema>;

export const DEFAULT_SITE: SiteSettingsRecord = SiteSettingsSchema.parse({});

/** Stored settings with what they do not name at its default. */
export const siteOf = (stored: Partial<SiteSettingsRecord>): SiteSettingsRecord => ({ ...DEFAULT_SITE, ...stored });

/** What differs from the defaults: all that is stored. */
export function deviations(site: SiteSettingsRecord): Partial<SiteSettingsRecord> {
  const differs = (key: keyof SiteSettingsRecord) => JSON.stringify(site[key]) !== JSON.stringify(DEFAULT_SITE[key]);
  return Object.fromEntries(Object.entries(site).filter(([key]) => differs(key as keyof SiteSettingsRecord)));
}

/** The part of it that browsers are told; undefined when all is at its default. */
export function wireSettings(site: SiteSettingsRecord): SiteSettings | undefined {
  const wire: SiteSettings = {
    ...(site.idleSeconds === DEFAULT_SITE.idleSeconds ? {} : { idle: site.idleSeconds }),
    ...(site.hashNamesPages ? { hash: 1 as const } : {}),
    ...(site.ignoredParameters.length === 0 ? {} : { ignore: site.ignoredParameters }),
    ...(site.consent === 'pending' ? { consent: 'pending' as const } : {}),
    ...(site.respectPrivacySignals ? {} : { gpc: 0 as const }),
    ...(site.scrollElement === null ? {} : { scroll: site.scrollElement }),
  };
  return Object.keys(wire).length === 0 ? undefined : wire;
}
