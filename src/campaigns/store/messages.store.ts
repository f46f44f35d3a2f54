import type { Channel } from '../../contract/message.js';
import type { CampaignState, CampaignType } from '../domain/state.js';
import { rows, type Db } from '../../platform/database/db.js';

/** One message of a draft as lists show it. What is not written yet is empty. */
export interface ListedMessage {
  campaign: { id: string; name: string; type: CampaignType; state: CampaignState };
  stepId: string;
  stepName: string;
  channel: Channel;
  /** Null for what follows a message that had no success: a rung of its ladder, or the e-mail for who did not see it. */
  variant: string | null;
  /** Which way of its ladder this is, from 2 on; null for the message itself and for the e-mail for who did not see it. */
  rung: number | null;
  variantName: string;
  /** Subject or title, or what a system is told. */
  title: string;
  languages: string[];
  /** Keys of the snippets it names. */
  snippets: string[];
  updatedAt: Date;
}

/** Where a page begins: the last message of the page before. */
export type MessageCursor = readonly [at: string, campaignId: string, step: number, variant: number];
export interface MessageQuery { q?: string | undefined; channel?: Channel | undefined; state?: CampaignState | undefined; limit: number; after: MessageCursor | null }
export interface MessageRow extends ListedMessage { cursorAt: string; step: number; place: number }

/**
 * Every variant of every message in the drafts of campaigns that are not archived (unless asked for), those changed last first.
 * One row more than asked for when there are more. Drafts with gaps are read as far as they are written.
 */
export function listMessages(db: Db, { q, channel, state, limit, after }: MessageQuery): Promise<MessageRow[]> {
  return rows<MessageRow>(db, `
    with step as (
      select c.id, c.name, c.type, c.state, c.updated_at, s.step, s.place::int as place
        from campaign as c
       cross join lateral (
         select m.step, m.place from jsonb_path_query(c.draft, 'lax $.steps[*] ? (@.type == "message")') with ordinality as m (step, place)
         union all select c.draft -> 'message', 0 where jsonb_typeof(c.draft -> 'message') = 'object') as s
       where case when $3::text is null then c.state <> 'archived' else c.state = $3 end
         and ($4::timestamptz is null or c.updated_at <= $4::timestamptz)),
    message as (
      select s.*, v.variant, v.content, v.place::int as variant_place, v.rung::int as rung, v.channel as own_channel
        from step as s
       cross join lateral (
         select a.variant, coalesce(a.variant -> 'content', '{}') as content, a.place, null::bigint as rung, null::text as channel from jsonb_path_query(s.step, 'lax $.variants[*]') with ordinality as a (variant, place)
         union all select null, coalesce(l.rung -> 'content', '{}'), 2000 + l.place, l.place + 1, l.rung ->> 'channel' from jsonb_path_query(s.step, 'lax $.ladder[*]') with ordinality as l (rung, place) where jsonb_typeof(l.rung) = 'object'
         union all select null, s.step #> '{fallback,email}', 1000, null, 'email' where jsonb_typeof(s.step #> '{fallback,email}') = 'object') as v),
    named as (
      select m.*, coalesce(nullif(m.content ->> 'subject', ''), nullif(m.content ->> 'title', ''), m.content ->> 'event', '') as title,
             coalesce(m.own_channel, m.step ->> 'channel', 'email') as channel
        from message as m)
    select json_build_object('id', n.id, 'name', n.name, 'type', n.type, 'state', n.state) as campaign,
           coalesce(n.step ->> 'id', 'message') as "stepId", coalesce(n.step ->> 'name', '') as "stepName", n.channel,
           n.variant ->> 'key' as variant, n.rung, coalesce(n.variant ->> 'name', '') as "variantName", n.title,
           array(select l.language from (select n.content ->> 'language' as language, 0 as rank
                   union all select k.key, 1 from jsonb_object_keys(case when jsonb_typeof(n.content -> 'translations') = 'object' then n.content -> 'translations' else '{}' end) as k (key)) as l
                  where l.language is not null order by l.rank, l.language) as languages,
           array(select distinct r.found[1] from regexp_matches(n.content::text, '\\{\\{> *([a-z0-9-]+) *\\}\\}', 'g') as r (found) order by 1) as snippets,
           n.updated_at as "updatedAt", n.updated_at::text as "cursorAt", n.place as step, n.variant_place as place
      from named as n
     where ($1::text is null or position(lower(normalize($1, nfc)) in lower(normalize(concat_ws(' ', n.name, n.step ->> 'name', n.variant ->> 'name', n.title), nfc))) > 0)
       and ($2::text is null or n.channel = $2)
       and ($4::timestamptz is null or (n.updated_at, n.id) < ($4::timestamptz, $5::uuid) or ((n.updated_at, n.id) = ($4::timestamptz, $5::uuid) and (n.place, n.variant_place) > ($6::int, $7::int)))
     order by n.updated_at desc, n.id desc, n.place, n.variant_place
     limit $8`,
  [q ?? null, channel ?? null, state ?? null, after?.[0] ?? null, after?.[1] ?? null, after?.[2] ?? null, after?.[3] ?? null, limit + 1]);
}
