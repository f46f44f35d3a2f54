-- The schema of a freshly migrated database. Written by `npm run schema`; do not edit.

-- Functions

CREATE OR REPLACE FUNCTION public.announce_engagement(at timestamp with time zone, people uuid[], campaigns uuid[])
 RETURNS boolean
 LANGUAGE plpgsql
AS $function$
      begin
        if cardinality(people) = 0 then return false; end if;
        perform pg_advisory_xact_lock_shared(7305003);
        if not exists (select from change_reader as r where r.key = 'campaign') then return false; end if;
        insert into person_change (kind, at, person_ids, other_keys)
        values ('changed', at, array(select distinct p.id from unnest(people) as p (id)), array['campaign'] || array(select distinct 'campaign:' || c.id from unnest(campaigns) as c (id)));
        return true;
      end $function$;

CREATE OR REPLACE FUNCTION public.consent_proof_kept()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
      begin
        if tg_op = 'DELETE' then raise exception 'the proof of consent is kept'; end if;
        if (old.id, old.channel, old.topic, old.state, old.at, old.recorded_at, old.method, old.actor) is distinct from (new.id, new.channel, new.topic, new.state, new.at, new.recorded_at, new.method, new.actor)
           or old.policy_version is distinct from new.policy_version or old.delivery_id is distinct from new.delivery_id
           or (new.source is distinct from old.source and new.source <> 'erased')
           or (new.wording is distinct from old.wording and new.wording is distinct from 'sha256:' || encode(sha256(convert_to(old.wording, 'UTF8')), 'hex'))
           or (new.network is distinct from old.network and new.network is not null) or (new.user_agent is distinct from old.user_agent and new.user_agent is not null) then
          raise exception 'the proof of consent does not change';
        end if;
        return new;
      end $function$;

CREATE OR REPLACE FUNCTION public.danbi_drop_month(part text)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
      begin
        if part is null or part !~ '^event_[0-9]{4}_[0-9]{2}$' or not exists (select from pg_inherits as i where i.inhparent = 'event'::regclass and i.inhrelid = to_regclass(part)) then raise exception 'no month of events: %', part; end if;
        execute format('drop table %I', part);
      end $function$;

CREATE OR REPLACE FUNCTION public.danbi_make_month(parent text, month date)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
      begin
        if parent is null or parent <> all (array['event', 'decision', 'delivery_event']) then raise exception 'no table of months: %', parent; end if;
        if month is null or month <> date_trunc('month', month)::date or month not between date '2000-01-01' and date '2200-01-01' then raise exception 'no month: %', month; end if;
        execute format('create table if not exists %I partition of %I for values from (%L) to (%L)', parent || to_char(month, '"_"YYYY"_"MM'), parent,
          to_char(month, 'YYYY-MM-DD') || 'T00:00:00Z', to_char(month + interval '1 month', 'YYYY-MM-DD') || 'T00:00:00Z');
      end $function$;

CREATE OR REPLACE FUNCTION public.end_ladders(at timestamp with time zone, deliveries uuid[], people uuid[], kinds text[], verdicts text[])
 RETURNS bigint
 LANGUAGE sql
AS $function$
        with won as materialized (
          select n.enrollment_id, n.person_id, n.version_id, split_part(n.step_id, '~', 1) as step
            from unnest(deliveries, people, kinds, verdicts) as e (delivery_id, person_id, kind, verdict)
            join delivery as n on n.fallback_of = e.delivery_id and n.person_id = e.person_id and n.rung_unless is not null
           where e.verdict <> 'machine'
             and n.rung_unless = any (case e.kind when 'impression' then '{displayed}'::text[] when 'open' then '{opened}' when 'click' then '{displayed,opened,clicked}' when 'reply' then '{displayed,answered}' else '{}' end)),
        ended as (
          update delivery as d
             set state = 'cancelled', reason = 'NO_LONGER_ELIGIBLE', settled_at = end_ladders.at, detail = 'An earlier rung of the ladder had success.'
            from won as w
           where d.enrollment_id = w.enrollment_id and d.person_id = w.person_id and d.version_id = w.version_id and split_part(d.step_id, '~', 1) = w.step
             and d.rung_unless is not null and d.state = 'queued'
          returning 1)
        select count(*) from ended
      $function$;

CREATE OR REPLACE FUNCTION public.name_grams(name text, shortest integer)
 RETURNS text[]
 LANGUAGE plpgsql
 IMMUTABLE PARALLEL SAFE STRICT COST 5000
AS $function$
        declare
          last text;
          mark text;
          grams text[] := '{}';
        begin
          foreach mark in array string_to_array(name, null) loop
            if shortest = 1 and ascii(mark) > 127 then grams := grams || mark; end if;
            if last is not null then grams := grams || (last || mark); end if;
            last := mark;
          end loop;
          return grams;
        end $function$;

CREATE OR REPLACE FUNCTION public.outgoing_note_decision()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
      begin
        if exists (select from event_subscription) then
          insert into outgoing_note (kind, enrollment_id, person_id, campaign_id, step_id, event_key, at, data)
          select case n.code when 'GOAL_REACHED' then 'goal' else 'refused' end, coalesce(n.enrollment_id, n.id), n.person_id, n.campaign_id, n.step_id, coalesce(n.step_id, n.stage), n.at, jsonb_build_object('reason', n.code)
            from new_rows as n
           where (n.code = 'GOAL_REACHED' and n.stage = 'exit')
              or (n.code in ('NO_CONSENT', 'TOPIC_UNSUBSCRIBED', 'NIGHT_CONSENT_MISSING', 'CHANNEL_UNREACHABLE', 'SUPPRESSED_BOUNCE', 'SUPPRESSED_COMPLAINT', 'SUPPRESSED_MANUAL', 'DUPLICATE_ADDRESS', 'CAP_DROPPED', 'EXPIRED', 'RENDER_ERROR', 'RENDER_MISSING_VAR', 'LANGUAGE_MISSING') and n.stage in ('entry', 'step') and n.next_check_at is null and n.delivery_id is null);
        end if;
        return null;
      end $function$;

CREATE OR REPLACE FUNCTION public.outgoing_note_delivery()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
      begin
        if exists (select from event_subscription) then
          insert into outgoing_note (kind, delivery_id, person_id, at, data)
          select outgoing_of_delivery(n.state), n.id, n.person_id, coalesce(n.settled_at, n.sent_at, n.queued_at), jsonb_strip_nulls(jsonb_build_object('reason', n.reason))
            from new_rows as n join old_rows as o on o.id = n.id where o.state <> n.state and outgoing_of_delivery(n.state) is not null and not n.is_control;
        end if;
        return null;
      end $function$;

CREATE OR REPLACE FUNCTION public.outgoing_note_new_delivery()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
      begin
        if exists (select from event_subscription) then
          insert into outgoing_note (kind, delivery_id, person_id, at, data)
          select outgoing_of_delivery(n.state), n.id, n.person_id, coalesce(n.settled_at, n.sent_at, n.queued_at), jsonb_strip_nulls(jsonb_build_object('reason', n.reason))
            from new_rows as n where outgoing_of_delivery(n.state) is not null and not n.is_control;
        end if;
        return null;
      end $function$;

CREATE OR REPLACE FUNCTION public.outgoing_note_reaction()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
      begin
        if exists (select from event_subscription) then
          insert into outgoing_note (kind, delivery_id, person_id, event_key, at, data)
          select case n.kind when 'open' then 'opened' when 'click' then 'clicked' when 'unsubscribe' then 'unsubscribed' when 'bounce' then 'bounced' when 'complaint' then 'complained'
                             when 'impression' then 'displayed' when 'dismiss' then 'dismissed' when 'reply' then 'replied' end,
                 n.delivery_id, n.person_id, n.event_key, n.at, n.data || jsonb_build_object('verdict', n.verdict)
            from new_rows as n where n.kind <> 'honeypot';
        end if;
        return null;
      end $function$;

CREATE OR REPLACE FUNCTION public.outgoing_of_delivery(state text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE
AS $function$ select case when state in ('sent', 'delivered', 'uncertain') then state when state in ('failed', 'cancelled', 'recalled') then 'refused' end $function$;

CREATE OR REPLACE FUNCTION public.page_address(given text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
        select case when length(given) <= 32768 then btrim(translate(given, E'\t\n\r', ''), E' \x01\x02\x03\x04\x05\x06\x07\x08\x0b\x0c\x0e\x0f\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1a\x1b\x1c\x1d\x1e\x1f') end
      $function$;

CREATE OR REPLACE FUNCTION public.page_click(search text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
        select q.key || '=' || q.value from page_params(search) as q where q.key in ('gclid', 'fbclid', 'msclkid', 'ttclid') and q.value <> '' order by q.place limit 1
      $function$;

CREATE OR REPLACE FUNCTION public.page_decoded(value text, kept text[])
 RETURNS text
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
        select case when strpos(value, '%') = 0 then value else (
          select string_agg(case when m.part[1] is null then m.part[2] when upper(m.part[1]) = any(kept) then upper(m.part[1])
                                 else convert_from(decode(replace(m.part[1], '%', ''), 'hex'), 'UTF8') end, '' order by m.place)
            from regexp_matches(value, '(%(?:0[1-9A-F]|[1-7][0-9A-F]|(?:C[2-9A-F]|D[0-9A-F]|E0%[AB][0-9A-F]|(?:E[1-9A-CEF]|F0%[9AB][0-9A-F]|F[1-3]%[89AB][0-9A-F]|F4%8[0-9A-F])%[89AB][0-9A-F]|ED%[89][0-9A-F])%[89AB][0-9A-F]))|([^%]+|%)', 'gi') with ordinality as m (part, place)) end
      $function$;

CREATE OR REPLACE FUNCTION public.page_device(context jsonb)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
        select case
          when k.kind in ('mobile', 'tablet', 'desktop') then k.kind
          when k.kind in ('ios', 'android') then case when concat_ws(' ', context #>> '{device,model}', context #>> '{device,name}', k.agent) ~* 'ipad|tablet' then 'tablet' else 'mobile' end
          when k.is_mobile = 'true' then 'mobile'
          when k.is_mobile = 'false' then case when lower(context #>> '{userAgentData,platform}') = 'android' then 'tablet' else 'desktop' end
          when k.agent ~* 'ipad|tablet(?! pc)' or (k.agent ~* 'android' and k.agent !~* 'mobi') then 'tablet'
          when k.agent ~* 'mobi' then 'mobile'
          when k.agent <> '' then 'desktop' end
          from (select lower(context #>> '{device,type}'), context #>> '{userAgentData,mobile}', context ->> 'userAgent') as k (kind, is_mobile, agent)
      $function$;

CREATE OR REPLACE FUNCTION public.page_host(given text)
 RETURNS text
 LANGUAGE plpgsql
 IMMUTABLE PARALLEL SAFE STRICT
AS $function$
      declare
        host text := lower(given);
      begin
        if host ~ '^\[[0-9a-f:.]+\]$' then return host; end if;
        if host ~ '[^\x01-\x7f]|%' then
          host := translate(normalize(lower(normalize(page_decoded(given, '{}'), NFKC)), NFKC), '。', '.');
          if length(host) > 253 or host ~ '[^.]{64}' then return null; end if;
          host := (select string_agg(case when l.label ~ '[^\x01-\x7f]' then 'xn--' || page_punycode(l.label) else l.label end, '.' order by l.place)
                     from unnest(string_to_array(host, '.')) with ordinality as l (label, place));
        end if;
        return case when host <> '' and length(host) <= 253 and host !~ '[\x01-\x20#/:<>?@\[\\\]^|%\x7f]' then host end;
      end $function$;

CREATE OR REPLACE FUNCTION public.page_location(url text, path text)
 RETURNS text
 LANGUAGE plpgsql
 IMMUTABLE PARALLEL SAFE
AS $function$
      declare
        plain text;
        address text;
        found text[];
        port text;
        host text;
      begin
        if length(url) <= 2000 then
          plain := substring(url from '^https?://([a-z0-9][a-z0-9.-]*[a-z](?:/[A-Za-z0-9_~-][A-Za-z0-9_.~-]*)*)/*(?:[?#]|$)');
          if length(split_part(plain, '/', 1)) <= 253 then return plain; end if;
        end if;
        address := page_address(url);
        found := regexp_match(address, '^(https?:[/\\]*|[a-z][a-z0-9+.-]*://)([^/\\?#]*)([^?#]*)', 'i');
        if found is not null then
          host := regexp_replace(found[2], '^.*@', '');
          port := substring(host from ':([0-9]*)$');
          if port is not null then host := left(host, -length(port) - 1); end if;
          host := case when port is null or (length(ltrim(port, '0')) <= 5 and ('0' || port)::numeric <= 65535) then page_host(host) end;
          if host is not null then return host || page_path(replace(found[3], '\', '/')); end if;
        end if;
        address := substring(coalesce(nullif(page_address(path), ''), case when address ~ '^/([^/\\]|$)' then address end) from '^[^?#]*');
        return page_path(case when left(address, 1) in ('/', '\', '') then '' else '/' end || replace(address, '\', '/'));
      end $function$;

CREATE OR REPLACE FUNCTION public.page_params(search text)
 RETURNS TABLE(key text, value text, place bigint)
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
        select page_decoded(replace(split_part(p.part, '=', 1), '+', ' '), '{}'),
               case when strpos(p.part, '=') = 0 then '' else page_decoded(replace(substr(p.part, strpos(p.part, '=') + 1), '+', ' '), '{}') end, p.place
          from string_to_table(search, '&') with ordinality as p (part, place) where p.part <> ''
      $function$;

CREATE OR REPLACE FUNCTION public.page_path(given text)
 RETURNS text
 LANGUAGE plpgsql
 IMMUTABLE PARALLEL SAFE STRICT
AS $function$
      declare
        path text := page_decoded(given, '{%23,%25,%2F,%3F}');
        part text;
        parts text[] := '{}';
        depth int := 0;
      begin
        if path ~ '/\.\.?(/|$)' then
          foreach part in array (string_to_array(path, '/'))[2:] loop
            if part = '..' then depth := greatest(depth - 1, 0);
            elsif part <> '.' then depth := depth + 1; parts[depth] := part;
            end if;
          end loop;
          path := case when depth = 0 then '' else '/' || array_to_string(parts[1:depth], '/') end;
        end if;
        return rtrim(path, '/');
      end $function$;

CREATE OR REPLACE FUNCTION public.page_punycode(label text)
 RETURNS text
 LANGUAGE plpgsql
 IMMUTABLE PARALLEL SAFE STRICT
AS $function$
      declare
        points int[] := (select array_agg(ascii(c.one) order by c.place) from regexp_split_to_table(label, '') with ordinality as c (one, place));
        written text := regexp_replace(label, '[^\x01-\x7f]', '', 'g');
        basic int := length(written);
        done int := basic;
        smallest int;
        previous int := 128;
        delta bigint := 0;
        bias int := 72;
        point int;
        rest bigint;
        threshold int;
        digit int;
        steps int;
      begin
        if basic > 0 then written := written || '-'; end if;
        while done < cardinality(points) loop
          select min(u.point) into smallest from unnest(points) as u (point) where u.point >= previous;
          delta := delta + (smallest - previous)::bigint * (done + 1);
          previous := smallest;
          foreach point in array points loop
            if point < previous then delta := delta + 1; end if;
            continue when point <> previous;
            rest := delta;
            for step in 1 .. 100 loop
              threshold := least(greatest(36 * step - bias, 1), 26);
              exit when rest < threshold;
              digit := threshold + (rest - threshold) % (36 - threshold);
              written := written || substr('abcdefghijklmnopqrstuvwxyz0123456789', digit + 1, 1);
              rest := (rest - threshold) / (36 - threshold);
            end loop;
            written := written || substr('abcdefghijklmnopqrstuvwxyz0123456789', rest::int + 1, 1);
            delta := case when done = basic then delta / 700 else delta / 2 end;
            delta := delta + delta / (done + 1);
            steps := 0;
            while delta > 455 loop
              delta := delta / 35;
              steps := steps + 36;
            end loop;
            bias := steps + 36 * delta / (delta + 38);
            delta := 0;
            done := done + 1;
          end loop;
          delta := delta + 1;
          previous := previous + 1;
        end loop;
        return written;
      end $function$;

CREATE OR REPLACE FUNCTION public.page_search(url text, search text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
        select coalesce(substring(page_address(url) from '^[^?#]*[?]([^#]*)'), ltrim(page_address(search), '?'))
      $function$;

CREATE OR REPLACE FUNCTION public.page_utm(part text, context jsonb, search text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
        select coalesce(nullif(context #>> array['campaign', case part when 'campaign' then 'name' else part end], ''),
                        (select q.value from page_params(search) as q where q.key = 'utm_' || part and q.value <> '' order by q.place limit 1))
      $function$;

CREATE OR REPLACE FUNCTION public.person_name_of(attributes jsonb)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
        select nullif(lower(normalize(btrim(left(case when jsonb_typeof(attributes -> 'name') = 'string' and attributes ->> 'name' <> '' then attributes ->> 'name'
          else concat_ws(' ', case when jsonb_typeof(attributes -> 'firstName') = 'string' then attributes ->> 'firstName' end, case when jsonb_typeof(attributes -> 'lastName') = 'string' then attributes ->> 'lastName' end) end, 100)), NFC)), '')
      $function$;

CREATE OR REPLACE FUNCTION public.person_named()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
      begin
        if tg_op = 'DELETE' then
          delete from person_name as n using old_rows as o where n.person_id = o.id;
        elsif tg_op = 'INSERT' then
          insert into person_name (person_id, name) select n.id, n.name from (select p.id, person_name_of(p.attributes) as name from new_rows as p offset 0) as n where n.name is not null;
        elsif person_name_of(new.attributes) is null then
          delete from person_name as n where n.person_id = new.id;
        elsif person_name_of(new.attributes) is distinct from person_name_of(old.attributes) then
          insert into person_name (person_id, name) values (new.id, person_name_of(new.attributes)) on conflict (person_id) do update set name = excluded.name;
        end if;
        return null;
      end $function$;

CREATE OR REPLACE FUNCTION public.record_engagement(events json, touched uuid[], clicked uuid[], engaged uuid[], addresses text[], first_at timestamp with time zone, last_at timestamp with time zone, alone boolean, whole boolean)
 RETURNS jsonb
 LANGUAGE plpgsql
AS $function$
      declare
        announced boolean := false;
        suspects uuid[];
        crowded text[];
      begin
        if alone then perform pg_advisory_xact_lock(7305006); else perform pg_advisory_xact_lock_shared(7305006); end if;
        insert into delivery_event (delivery_id, person_id, kind, event_key, at, verdict, evidence, data)
        select d.id, d.person_id, e.kind, e.event_key, e.at, e.verdict, e.evidence, e.data
          from json_to_recordset(events) as e (delivery_id uuid, kind text, event_key text, at timestamptz, verdict text, evidence jsonb, data jsonb)
          join delivery as d on d.id = e.delivery_id;
        -- announce_engagement asks the same; whose the deliveries are is looked up only when somebody wants to know.
        perform pg_advisory_xact_lock_shared(7305003);
        if cardinality(engaged) > 0 and exists (select from change_reader as r where r.key = 'campaign') then
          announced := announce_engagement(last_at, array(select d.person_id from delivery as d where d.id = any(engaged)), array(select distinct d.campaign_id from delivery as d where d.id = any(engaged)));
        end if;
        suspects := array(
          select e.delivery_id from delivery_event as e
           where e.delivery_id = any(clicked) and e.kind = 'click' and e.at >= first_at - interval '2 seconds' and e.at <= last_at + interval '2 seconds'
           group by e.delivery_id having count(*) >= 3 and count(distinct e.data -> 'link') >= 3
          union
          select h.delivery_id from delivery_event as h
           where h.kind = 'honeypot' and h.at >= first_at - interval '60 seconds' and h.at <= last_at + interval '60 seconds' and h.delivery_id = any(touched));
        crowded := array(
          select a.address from unnest(addresses) as a (address)
           where (select count(distinct c.delivery_id) from (
             select e.delivery_id from delivery_event as e
              where e.kind = 'click' and e.evidence ? 'address' and e.evidence ->> 'address' = a.address and e.at > last_at - interval '10 seconds' and e.at <= last_at limit 1000) as c) >= 10);
        if whole and (cardinality(suspects) > 0 or cardinality(crowded) > 0) then raise sqlstate 'DN001'; end if;
        return jsonb_build_object('announced', announced, 'suspects', suspects, 'crowded', crowded);
      exception when sqlstate 'DN001' then return null;
      end $function$;

CREATE OR REPLACE FUNCTION public.refuse_plan_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
      begin
        if exists (select from assignment as a where a.experiment_id = old.experiment_id) then
          raise exception 'the plan of an experiment is fixed from the first assignment on';
        end if;
        return case tg_op when 'DELETE' then old else new end;
      end $function$;

CREATE OR REPLACE FUNCTION public.refuse_version_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
      begin raise exception 'campaign versions are immutable'; end $function$;

CREATE OR REPLACE FUNCTION public.result_mark_assignment()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
      begin
        insert into result_mark (campaign_id, person_ids, people)
        select p.campaign_id, array_agg(p.person_id), count(*)
          from (select c.campaign_id, c.person_id, (row_number() over (partition by c.campaign_id) - 1) / 2000 as part
                  from (select n.campaign_id, n.person_id from new_rows as n union select o.campaign_id, o.person_id from old_rows as o) as c) as p
         group by p.campaign_id, p.part;
        return null;
      end $function$;

CREATE OR REPLACE FUNCTION public.result_mark_decision()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
      begin
        insert into result_mark (campaign_id, person_ids, people)
        select p.campaign_id, array_agg(p.person_id), count(*)
          from (select c.campaign_id, c.person_id, (row_number() over (partition by c.campaign_id) - 1) / 2000 as part
                  from (select n.campaign_id, n.person_id from new_rows as n union select o.campaign_id, o.person_id from old_rows as o) as c) as p
         group by p.campaign_id, p.part;
        return null;
      end $function$;

CREATE OR REPLACE FUNCTION public.result_mark_delivery()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
      begin
        insert into result_mark (campaign_id, person_ids, people)
        select p.campaign_id, array_agg(p.person_id), count(*)
          from (select c.campaign_id, c.person_id, (row_number() over (partition by c.campaign_id) - 1) / 2000 as part
                  from (select distinct n.campaign_id, w.person_id from new_rows as n join old_rows as o on o.id = n.id
                    cross join lateral (values (n.person_id), (o.person_id)) as w (person_id)
                   where (n.person_id, n.version_id, n.step_id, n.channel, n.variant, n.is_control, n.language, n.reason, (case n.state when 'sending' then 'queued' else n.state end), n.sent_at) is distinct from (o.person_id, o.version_id, o.step_id, o.channel, o.variant, o.is_control, o.language, o.reason, (case o.state when 'sending' then 'queued' else o.state end), o.sent_at)) as c) as p
         group by p.campaign_id, p.part;
        return null;
      end $function$;

CREATE OR REPLACE FUNCTION public.result_mark_enrollment()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
      begin
        insert into result_mark (campaign_id, person_ids, people)
        select p.campaign_id, array_agg(p.person_id), count(*)
          from (select c.campaign_id, c.person_id, (row_number() over (partition by c.campaign_id) - 1) / 2000 as part
                  from (select distinct n.campaign_id, w.person_id from new_rows as n join old_rows as o on o.id = n.id
                    cross join lateral (values (n.person_id), (o.person_id)) as w (person_id)
                   where (n.person_id, n.version_id, n.state, n.entered_at) is distinct from (o.person_id, o.version_id, o.state, o.entered_at)) as c) as p
         group by p.campaign_id, p.part;
        return null;
      end $function$;

CREATE OR REPLACE FUNCTION public.result_mark_flips()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
      begin
        insert into result_mark (person_ids, reads, people)
        select array_agg(p.person_id), array['membership:' || p.segment_id], count(*)
          from (select n.segment_id, n.person_id, (row_number() over (partition by n.segment_id) - 1) / 2000 as part
                  from new_rows as n join segment as s on s.id = n.segment_id and s.purpose = 'campaign') as p
         group by p.segment_id, p.part;
        return null;
      end $function$;

CREATE OR REPLACE FUNCTION public.result_mark_new_assignment()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
      begin
        if (select count(*) from new_rows) <= 2000 then
          insert into result_mark (campaign_id, person_ids, people)
          select r.campaign_id, array_agg(r.person_id), count(*) from new_rows as r  group by r.campaign_id;
          return null;
        end if;
        insert into result_mark (campaign_id, person_ids, people)
        select p.campaign_id, array_agg(p.person_id), count(*)
          from (select n.campaign_id, n.person_id, (row_number() over (partition by n.campaign_id) - 1) / 2000 as part
                  from (select distinct r.campaign_id, r.person_id from new_rows as r ) as n) as p
         group by p.campaign_id, p.part;
        return null;
      end $function$;

CREATE OR REPLACE FUNCTION public.result_mark_new_decision()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
      begin
        if (select count(*) from new_rows) <= 2000 then
          insert into result_mark (campaign_id, person_ids, people)
          select r.campaign_id, array_agg(r.person_id), count(*) from new_rows as r where r.stage = 'entry' or (r.stage in ('step', 'exit') and r.next_check_at is null) group by r.campaign_id;
          return null;
        end if;
        insert into result_mark (campaign_id, person_ids, people)
        select p.campaign_id, array_agg(p.person_id), count(*)
          from (select n.campaign_id, n.person_id, (row_number() over (partition by n.campaign_id) - 1) / 2000 as part
                  from (select distinct r.campaign_id, r.person_id from new_rows as r where r.stage = 'entry' or (r.stage in ('step', 'exit') and r.next_check_at is null)) as n) as p
         group by p.campaign_id, p.part;
        return null;
      end $function$;

CREATE OR REPLACE FUNCTION public.result_mark_new_delivery()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
      begin
        if (select count(*) from new_rows) <= 2000 then
          insert into result_mark (campaign_id, person_ids, people)
          select r.campaign_id, array_agg(r.person_id), count(*) from new_rows as r  group by r.campaign_id;
          return null;
        end if;
        insert into result_mark (campaign_id, person_ids, people)
        select p.campaign_id, array_agg(p.person_id), count(*)
          from (select n.campaign_id, n.person_id, (row_number() over (partition by n.campaign_id) - 1) / 2000 as part
                  from (select distinct r.campaign_id, r.person_id from new_rows as r ) as n) as p
         group by p.campaign_id, p.part;
        return null;
      end $function$;

CREATE OR REPLACE FUNCTION public.result_mark_new_enrollment()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
      begin
        if (select count(*) from new_rows) <= 2000 then
          insert into result_mark (campaign_id, person_ids, people)
          select r.campaign_id, array_agg(r.person_id), count(*) from new_rows as r  group by r.campaign_id;
          return null;
        end if;
        insert into result_mark (campaign_id, person_ids, people)
        select p.campaign_id, array_agg(p.person_id), count(*)
          from (select n.campaign_id, n.person_id, (row_number() over (partition by n.campaign_id) - 1) / 2000 as part
                  from (select distinct r.campaign_id, r.person_id from new_rows as r ) as n) as p
         group by p.campaign_id, p.part;
        return null;
      end $function$;

CREATE OR REPLACE FUNCTION public.result_mark_new_step_visit()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
      begin
        if (select count(*) from new_rows) <= 2000 then
          insert into result_mark (campaign_id, person_ids, people)
          select r.campaign_id, array_agg(r.person_id), count(*) from new_rows as r  group by r.campaign_id;
          return null;
        end if;
        insert into result_mark (campaign_id, person_ids, people)
        select p.campaign_id, array_agg(p.person_id), count(*)
          from (select n.campaign_id, n.person_id, (row_number() over (partition by n.campaign_id) - 1) / 2000 as part
                  from (select distinct r.campaign_id, r.person_id from new_rows as r ) as n) as p
         group by p.campaign_id, p.part;
        return null;
      end $function$;

CREATE OR REPLACE FUNCTION public.result_mark_news()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
      begin
        insert into result_mark (person_ids, reads, people)
        select n.person_ids, case when n.kind = 'changed' then n.event_names || case when '$time_zone' = any(n.attribute_keys) then array['$time_zone'] else '{}' end end, cardinality(n.person_ids)
          from new_rows as n
         where n.kind <> 'changed' or cardinality(n.event_names) > 0 or '$time_zone' = any(n.attribute_keys);
        return null;
      end $function$;

CREATE OR REPLACE FUNCTION public.result_mark_old()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
      begin
        insert into result_mark (campaign_id, person_ids, people)
        select p.campaign_id, array_agg(p.person_id), count(*)
          from (select n.campaign_id, n.person_id, (row_number() over (partition by n.campaign_id) - 1) / 2000 as part
                  from (select distinct r.campaign_id, r.person_id from old_rows as r) as n) as p
         group by p.campaign_id, p.part;
        return null;
      end $function$;

CREATE OR REPLACE FUNCTION public.result_mark_reactions()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
      begin
        if tg_op = 'INSERT' then
          insert into result_mark (delivery_ids, people)
          select array_agg(p.delivery_id), count(*)
            from (select n.delivery_id, (row_number() over () - 1) / 2000 as part from (select distinct r.delivery_id from new_rows as r) as n) as p group by p.part;
        elsif tg_op = 'DELETE' then
          insert into result_mark (delivery_ids, people)
          select array_agg(p.delivery_id), count(*)
            from (select n.delivery_id, (row_number() over () - 1) / 2000 as part from (select distinct r.delivery_id from old_rows as r) as n) as p group by p.part;
        else
          insert into result_mark (delivery_ids, people)
          select array_agg(p.delivery_id), count(*)
            from (select c.delivery_id, (row_number() over () - 1) / 2000 as part
                    from (select distinct n.delivery_id from new_rows as n
                            join old_rows as o on o.delivery_id = n.delivery_id and o.kind = n.kind and o.event_key = n.event_key and o.at = n.at
                           where (n.person_id, n.verdict, n.data) is distinct from (o.person_id, o.verdict, o.data)) as c) as p
           group by p.part;
        end if;
        return null;
      end $function$;

CREATE OR REPLACE FUNCTION public.result_mark_step_visit()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
      begin
        insert into result_mark (campaign_id, person_ids, people)
        select p.campaign_id, array_agg(p.person_id), count(*)
          from (select c.campaign_id, c.person_id, (row_number() over (partition by c.campaign_id) - 1) / 2000 as part
                  from (select distinct n.campaign_id, w.person_id from new_rows as n join old_rows as o on o.enrollment_id = n.enrollment_id and o.step_id = n.step_id
                    cross join lateral (values (n.person_id), (o.person_id)) as w (person_id)
                   where (n.person_id, n.version_id, (n.left_at is null)) is distinct from (o.person_id, o.version_id, (o.left_at is null))) as c) as p
         group by p.campaign_id, p.part;
        return null;
      end $function$;

CREATE OR REPLACE FUNCTION public.result_mark_version()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
      begin
        insert into result_reads (version_id, campaign_id, reads) select n.id, n.campaign_id, result_reads_of(n.definition) from new_rows as n;
        insert into result_mark (campaign_id, people) select n.campaign_id, 0 from new_rows as n;
        return null;
      end $function$;

CREATE OR REPLACE FUNCTION public.result_reads_of(definition jsonb)
 RETURNS text[]
 LANGUAGE sql
 IMMUTABLE
AS $function$
        select coalesce(array_agg(distinct r.name), '{}') from (
          select g -> 'event' ->> 'name' as name from jsonb_array_elements(definition -> 'goals') as g where g ? 'event'
          union select '$time_zone' from jsonb_array_elements(definition -> 'goals') as g where jsonb_array_length(coalesce(g -> 'event' -> 'where', '[]')) > 0
          union select 'membership:' || c.value from jsonb_each_text(coalesce(definition -> 'conditions', '{}')) as c where c.key like 'goal:%') as r $function$;

CREATE OR REPLACE FUNCTION public.segment_anniversary(of_day date, from_day date)
 RETURNS date
 LANGUAGE plpgsql
 IMMUTABLE PARALLEL SAFE
AS $function$
      declare
        years int := greatest(extract(year from from_day)::int - extract(year from of_day)::int, 1);
        found date := of_day + make_interval(years => years);
      begin
        if found < from_day then found := of_day + make_interval(years => years + 1); end if;
        return found;
      end $function$;

CREATE OR REPLACE FUNCTION public.segment_day_starts(zone text, after timestamp with time zone, up_to timestamp with time zone)
 RETURNS TABLE(at timestamp with time zone, day date)
 LANGUAGE plpgsql
 STABLE PARALLEL SAFE ROWS 1
AS $function$
      begin
        -- Nearly always no day begins: that must cost nothing.
        if up_to <= after or (up_to - after < interval '12 hours' and (after at time zone zone)::date = (up_to at time zone zone)::date
           and (after at time zone zone) - (after at time zone 'UTC') = (up_to at time zone zone) - (up_to at time zone 'UTC')) then return; end if;
        return query
          with mark as materialized (
            select m.at, lead(m.at) over (order by m.at) as next, (m.at at time zone zone) - (m.at at time zone 'UTC') as ahead
              from generate_series(after - interval '1 day', up_to + interval '36 hours', interval '12 hours') as m (at)),
          candidate as (
            select (d.day - a.ahead) at time zone 'UTC' as at
              from generate_series((after at time zone zone)::date - 1, (up_to at time zone zone)::date + 1, interval '1 day') as d (day) cross join (select distinct m.ahead from mark as m) as a
            union
            select segment_zone_change(zone, m.at, m.next) from mark as m where (m.next at time zone zone) - (m.next at time zone 'UTC') <> m.ahead)
          select c.at, least(t.old, t.new) + s.step
            from candidate as c
            cross join lateral (select ((c.at - interval '1 microsecond') at time zone zone)::date as old, (c.at at time zone zone)::date as new) as t
            cross join lateral generate_series(1, abs(t.new - t.old)) as s (step)
           where c.at > after and c.at <= up_to;
      end $function$;

CREATE OR REPLACE FUNCTION public.segment_instant(value text)
 RETURNS timestamp with time zone
 LANGUAGE plpgsql
 STABLE PARALLEL SAFE
AS $function$
      begin
        if value !~* '^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}([.,]\d{1,9})?)?\s?(Z|[+-]\d{2}(:?\d{2})?)?)?$' then return null; end if;
        return value::timestamptz;
      exception when others then return null;
      end $function$;

CREATE OR REPLACE FUNCTION public.segment_local(instant timestamp with time zone, zone text, fallback text)
 RETURNS timestamp without time zone
 LANGUAGE plpgsql
 STABLE PARALLEL SAFE
AS $function$
      begin
        return instant at time zone coalesce(zone, fallback);
      exception when invalid_parameter_value then return instant at time zone fallback;
      end $function$;

CREATE OR REPLACE FUNCTION public.segment_month_day(day timestamp without time zone)
 RETURNS integer
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
RETURN (((EXTRACT(month FROM day))::integer * 100) + (EXTRACT(day FROM day))::integer);

CREATE OR REPLACE FUNCTION public.segment_month_days(day date)
 RETURNS integer[]
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
RETURN (ARRAY[segment_month_day(((day - 1))::timestamp without time zone), segment_month_day((day)::timestamp without time zone), segment_month_day(((day + 1))::timestamp without time zone)] || CASE WHEN (segment_month_day((day)::timestamp without time zone) = ANY (ARRAY[228, 229, 301])) THEN ARRAY[228, 229] ELSE ARRAY[]::integer[] END);

CREATE OR REPLACE FUNCTION public.segment_zone(zone text, fallback text)
 RETURNS text
 LANGUAGE plpgsql
 STABLE PARALLEL SAFE
AS $function$
      begin
        perform now() at time zone zone;
        return coalesce(zone, fallback);
      exception when invalid_parameter_value then return fallback;
      end $function$;

CREATE OR REPLACE FUNCTION public.segment_zone_change(zone text, after timestamp with time zone, up_to timestamp with time zone)
 RETURNS timestamp with time zone
 LANGUAGE plpgsql
 STABLE PARALLEL SAFE
AS $function$
      declare
        before interval := (after at time zone zone) - (after at time zone 'UTC');
        middle timestamptz;
      begin
        after := date_trunc('second', after);
        up_to := date_trunc('second', up_to) + interval '1 second';
        while up_to - after > interval '1 second' loop
          middle := date_trunc('second', after + (up_to - after) / 2);
          if (middle at time zone zone) - (middle at time zone 'UTC') = before then after := middle; else up_to := middle; end if;
        end loop;
        return up_to;
      end $function$;

-- Tables

create table alarm (
  id uuid not null,
  key text not null,
  kind text not null,
  level text not null,
  facts jsonb not null,
  opened_at timestamp with time zone not null,
  seen_at timestamp with time zone not null,
  told_level text,
  closed_at timestamp with time zone,
  constraint alarm_pkey PRIMARY KEY (id),
  constraint alarm_level_check CHECK ((level = ANY (ARRAY['warn'::text, 'bad'::text]))),
  constraint alarm_told_level_check CHECK ((told_level = ANY (ARRAY['warn'::text, 'bad'::text]))));

create table alarm_look (
  only_one boolean not null default true,
  at timestamp with time zone not null,
  constraint alarm_look_pkey PRIMARY KEY (only_one),
  constraint alarm_look_only_one_check CHECK (only_one));

create table alarm_notice (
  id uuid not null,
  alarm_id uuid not null,
  target_id uuid not null,
  occasion text not null,
  state text not null,
  message_id uuid,
  tries integer not null default 0,
  try_at timestamp with time zone not null,
  settled_at timestamp with time zone,
  answer text not null default ''::text,
  constraint alarm_notice_alarm_id_target_id_occasion_key UNIQUE (alarm_id, target_id, occasion),
  constraint alarm_notice_pkey PRIMARY KEY (id),
  constraint alarm_notice_occasion_check CHECK ((occasion = ANY (ARRAY['opened'::text, 'worse'::text, 'closed'::text]))),
  constraint alarm_notice_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'sending'::text, 'sent'::text, 'failed'::text, 'uncertain'::text]))));

create table alarm_target (
  id uuid not null,
  endpoint_id uuid,
  email text,
  language text not null,
  "least" text not null,
  stop_key text not null,
  created_by text not null,
  created_at timestamp with time zone not null,
  constraint alarm_target_stop_key_key UNIQUE (stop_key),
  constraint alarm_target_pkey PRIMARY KEY (id),
  constraint alarm_target_check CHECK (((endpoint_id IS NULL) <> (email IS NULL))),
  constraint alarm_target_language_check CHECK ((language = ANY (ARRAY['en'::text, 'ko'::text]))),
  constraint alarm_target_least_check CHECK (("least" = ANY (ARRAY['warn'::text, 'bad'::text]))));

create table anomaly_look (
  only_one boolean not null default true,
  window_end timestamp with time zone not null,
  constraint anomaly_look_pkey PRIMARY KEY (only_one),
  constraint anomaly_look_only_one_check CHECK (only_one));

create table anomaly_note (
  id uuid not null,
  campaign_id uuid not null,
  kind text not null,
  seen integer not null,
  expected double precision not null,
  window_end timestamp with time zone not null,
  opened_at timestamp with time zone not null,
  closed_at timestamp with time zone,
  acknowledged_by text,
  acknowledged_at timestamp with time zone,
  snoozed_until timestamp with time zone,
  constraint anomaly_note_pkey PRIMARY KEY (id),
  constraint anomaly_note_kind_check CHECK ((kind = ANY (ARRAY['zero'::text, 'collapse'::text, 'surge'::text]))));

create table api_key (
  id uuid not null,
  kind text not null,
  name text not null,
  role text not null,
  secret_hash text not null,
  public_value text,
  allowed_origins text[] not null default '{}'::text[],
  created_by text not null,
  created_at timestamp with time zone not null,
  last_used_at timestamp with time zone,
  revoked_at timestamp with time zone,
  constraint api_key_secret_hash_key UNIQUE (secret_hash),
  constraint api_key_pkey PRIMARY KEY (id),
  constraint api_key_kind_check CHECK ((kind = ANY (ARRAY['server'::text, 'write'::text]))),
  constraint api_key_role_check CHECK ((role = ANY (ARRAY['owner'::text, 'marketer'::text, 'analyst'::text, 'ingest'::text]))));

create table app_user (
  id uuid not null,
  email text not null,
  name text not null,
  role text not null,
  password_hash text,
  created_at timestamp with time zone not null,
  disabled_at timestamp with time zone,
  language text,
  constraint app_user_pkey PRIMARY KEY (id),
  constraint app_user_language CHECK ((language = ANY (ARRAY['en'::text, 'ko'::text]))),
  constraint app_user_role_check CHECK ((role = ANY (ARRAY['owner'::text, 'marketer'::text, 'analyst'::text]))));

create table assignment (
  experiment_id uuid not null,
  person_id uuid not null,
  campaign_id uuid not null,
  variant text not null,
  is_control boolean not null,
  bucket integer,
  source text not null,
  assigned_at timestamp with time zone not null,
  unit bigint,
  constraint assignment_pkey PRIMARY KEY (experiment_id, person_id),
  constraint assignment_source_check CHECK ((source = ANY (ARRAY['hash'::text, 'external'::text, 'override'::text, 'choice'::text]))));

create table attribute_history (
  person_id uuid not null,
  key text not null,
  at timestamp with time zone not null,
  id uuid not null,
  value jsonb,
  last_at timestamp with time zone not null,
  from_id uuid,
  source text not null,
  recorded_at timestamp with time zone not null,
  constraint attribute_history_pkey PRIMARY KEY (person_id, key, at, id));

create table audit_entry (
  id bigint not null generated always as identity,
  at timestamp with time zone not null,
  actor text not null,
  action text not null,
  subject text not null,
  detail jsonb not null default '{}'::jsonb,
  constraint audit_entry_pkey PRIMARY KEY (id));

create table campaign (
  id uuid not null,
  type text not null,
  name text not null,
  state text not null,
  draft jsonb not null,
  draft_revision integer not null default 1,
  current_version_id uuid,
  created_by text not null,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  state_at timestamp with time zone not null,
  closing boolean not null default false,
  pause_reason jsonb,
  draft_unfinished boolean not null default false,
  constraint campaign_pkey PRIMARY KEY (id),
  constraint campaign_state_check CHECK ((state = ANY (ARRAY['draft'::text, 'active'::text, 'paused'::text, 'draining'::text, 'stopped'::text, 'archived'::text]))),
  constraint campaign_type_check CHECK ((type = ANY (ARRAY['series'::text, 'broadcast'::text, 'auto_message'::text]))));

create table campaign_approval (
  id uuid not null,
  campaign_id uuid not null,
  revision integer not null,
  state text not null,
  people integer,
  authors text[] not null,
  requested_by text not null,
  requested_at timestamp with time zone not null,
  request_note text not null,
  decided_by text,
  decided_at timestamp with time zone,
  decision_note text,
  is_alone boolean not null default false,
  constraint campaign_approval_pkey PRIMARY KEY (id),
  constraint campaign_approval_check CHECK (((state = 'requested'::text) = (decided_at IS NULL))),
  constraint campaign_approval_state_check CHECK ((state = ANY (ARRAY['requested'::text, 'approved'::text, 'rejected'::text]))));

create table campaign_version (
  id uuid not null,
  campaign_id uuid not null,
  number integer not null,
  definition jsonb not null,
  published_by text not null,
  published_at timestamp with time zone not null,
  constraint campaign_version_campaign_id_number_key UNIQUE (campaign_id, number),
  constraint campaign_version_pkey PRIMARY KEY (id));

create table canary_check (
  campaign_id uuid not null,
  person_id uuid not null,
  expected text not null default 'observe'::text,
  expected_by text,
  verdict text,
  code text,
  said jsonb,
  checked_at timestamp with time zone,
  changed_at timestamp with time zone,
  constraint canary_check_pkey PRIMARY KEY (campaign_id, person_id),
  constraint canary_check_expected_check CHECK ((expected = ANY (ARRAY['get'::text, 'not_get'::text, 'observe'::text]))),
  constraint canary_check_verdict_check CHECK ((verdict = ANY (ARRAY['yes'::text, 'later'::text, 'no'::text]))));

create table canary_note (
  id uuid not null,
  campaign_id uuid not null,
  person_id uuid not null,
  kind text not null,
  expected text not null,
  was_verdict text,
  was_code text,
  verdict text not null,
  code text,
  opened_at timestamp with time zone not null,
  closed_at timestamp with time zone,
  acknowledged_by text,
  acknowledged_at timestamp with time zone,
  constraint canary_note_pkey PRIMARY KEY (id),
  constraint canary_note_kind_check CHECK ((kind = ANY (ARRAY['unexpected'::text, 'changed'::text]))));

create table canary_person (
  person_id uuid not null,
  added_by text not null,
  added_at timestamp with time zone not null,
  constraint canary_person_pkey PRIMARY KEY (person_id));

create table change_reader (
  key text not null,
  constraint change_reader_pkey PRIMARY KEY (key));

create table consent (
  person_id uuid not null,
  channel text not null,
  topic text not null,
  state text not null,
  at timestamp with time zone not null,
  source text not null,
  confirmed_at timestamp with time zone,
  confirmation_id uuid,
  constraint consent_pkey PRIMARY KEY (person_id, channel, topic),
  constraint consent_state_check CHECK ((state = ANY (ARRAY['subscribed'::text, 'unsubscribed'::text]))));

create table consent_proof (
  id uuid not null,
  person_id uuid not null,
  from_id uuid,
  channel text not null,
  topic text not null,
  state text not null,
  at timestamp with time zone not null,
  recorded_at timestamp with time zone not null,
  method text not null,
  source text not null,
  actor text not null,
  wording text,
  policy_version text,
  network text,
  user_agent text,
  delivery_id uuid,
  constraint consent_proof_pkey PRIMARY KEY (id),
  constraint consent_proof_method_check CHECK ((method = ANY (ARRAY['form'::text, 'api'::text, 'import'::text, 'one_click'::text, 'unsubscribe_page'::text, 'preference_page'::text, 'complaint'::text, 'provider_unsubscribe'::text, 'merge'::text, 'confirmation'::text, 'double_opt_in'::text]))),
  constraint consent_proof_state_check CHECK ((state = ANY (ARRAY['subscribed'::text, 'unsubscribed'::text, 'requested'::text, 'confirmation_sent'::text, 'all'::text, 'weekly'::text, 'monthly'::text]))));

create table consent_request (
  person_id uuid not null,
  channel text not null,
  topic text not null,
  asked_at timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  delivery_id uuid not null,
  source text not null,
  wording text,
  policy_version text,
  constraint consent_request_pkey PRIMARY KEY (person_id, channel, topic));

create table coverage_group (
  id bigint not null generated always as identity,
  run_id uuid not null,
  kind text not null,
  step_id text not null,
  variant text not null,
  language text not null,
  part text not null,
  subject text not null,
  people integer not null,
  constraint coverage_group_run_id_kind_step_id_variant_language_part_su_key UNIQUE (run_id, kind, step_id, variant, language, part, subject),
  constraint coverage_group_pkey PRIMARY KEY (id));

create table coverage_person (
  group_id bigint not null,
  person_id uuid not null,
  constraint coverage_person_pkey PRIMARY KEY (group_id, person_id));

create table coverage_run (
  id uuid not null,
  campaign_id uuid not null,
  revision integer not null,
  state text not null,
  plan jsonb not null,
  cursor uuid,
  scanned integer not null default 0,
  total integer not null,
  people integer not null default 0,
  created_by text not null,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  constraint coverage_run_campaign_id_key UNIQUE (campaign_id),
  constraint coverage_run_pkey PRIMARY KEY (id),
  constraint coverage_run_state_check CHECK ((state = ANY (ARRAY['running'::text, 'done'::text, 'cancelled'::text]))));

create table data_label (
  kind text not null,
  key text not null,
  name_en text not null default ''::text,
  name_ko text not null default ''::text,
  description text not null default ''::text,
  updated_by text not null,
  updated_at timestamp with time zone not null,
  constraint data_label_pkey PRIMARY KEY (kind, key),
  constraint data_label_kind_check CHECK ((kind = ANY (ARRAY['event'::text, 'attribute'::text]))));

create table date_entry_tick (
  version_id uuid not null,
  evaluated_to timestamp with time zone not null,
  constraint date_entry_tick_pkey PRIMARY KEY (version_id));

create table decision (
  id uuid not null,
  person_id uuid not null,
  at timestamp with time zone not null,
  campaign_id uuid not null,
  version_id uuid,
  step_id text,
  enrollment_id uuid,
  delivery_id uuid,
  variant text,
  stage text not null,
  code text not null,
  facts jsonb not null default '{}'::jsonb,
  next_check_at timestamp with time zone,
  constraint decision_pkey PRIMARY KEY (person_id, at, id)) partition by RANGE (at);

create table decision_default partition of decision DEFAULT;

create table delivery (
  id uuid not null,
  person_id uuid not null,
  campaign_id uuid not null,
  version_id uuid not null,
  step_id text not null,
  enrollment_id uuid not null,
  channel text not null,
  content_id uuid,
  experiment_id uuid,
  variant text not null,
  is_control boolean not null default false,
  topic text not null,
  state text not null,
  reason text,
  detail text,
  due_at timestamp with time zone not null,
  queued_at timestamp with time zone not null,
  attempts integer not null default 0,
  first_attempt_at timestamp with time zone,
  locked_by text,
  lease_until timestamp with time zone,
  fence bigint not null default 0,
  address text,
  sent_at timestamp with time zone,
  settled_at timestamp with time zone,
  relay text,
  refusal text,
  uncertain_at timestamp with time zone,
  language text,
  endpoint_id uuid,
  fallback_of uuid,
  fallback_hours integer,
  class text not null default 'standard'::text,
  priority smallint not null default 50,
  expires_at timestamp with time zone,
  gate_facts jsonb,
  rung_unless text,
  rung_seconds integer,
  constraint delivery_once_a_step UNIQUE (enrollment_id, step_id, channel, person_id),
  constraint delivery_pkey PRIMARY KEY (id, person_id),
  constraint delivery_class_check CHECK ((class = ANY (ARRAY['standard'::text, 'important'::text, 'essential'::text]))),
  constraint delivery_rung_unless_check CHECK ((rung_unless = ANY (ARRAY['displayed'::text, 'opened'::text, 'clicked'::text, 'answered'::text, 'goal'::text]))),
  constraint delivery_state_check CHECK ((state = ANY (ARRAY['queued'::text, 'sending'::text, 'sent'::text, 'delivered'::text, 'bounced'::text, 'failed'::text, 'uncertain'::text, 'cancelled'::text, 'recalled'::text, 'ghost'::text]))));

create table delivery_event (
  delivery_id uuid not null,
  person_id uuid not null,
  kind text not null,
  event_key text not null,
  at timestamp with time zone not null,
  verdict text not null,
  evidence jsonb not null default '{}'::jsonb,
  data jsonb not null default '{}'::jsonb,
  constraint delivery_event_pkey PRIMARY KEY (delivery_id, person_id, kind, event_key, at),
  constraint delivery_event_kind_check CHECK ((kind = ANY (ARRAY['open'::text, 'click'::text, 'honeypot'::text, 'unsubscribe'::text, 'bounce'::text, 'complaint'::text, 'impression'::text, 'dismiss'::text, 'reply'::text]))),
  constraint delivery_event_verdict_check CHECK ((verdict = ANY (ARRAY['human'::text, 'machine'::text, 'unknown'::text])))) partition by RANGE (at);

create table delivery_event_default partition of delivery_event DEFAULT;

create table demo_site (
  id smallint not null default 1,
  write_key_id uuid not null,
  campaign_ids uuid[] not null,
  set_up_by text not null,
  set_up_at timestamp with time zone not null,
  constraint demo_site_pkey PRIMARY KEY (id),
  constraint demo_site_id_check CHECK ((id = 1)));

create table digest_send (
  id uuid not null,
  user_id uuid not null,
  from_at timestamp with time zone not null,
  to_at timestamp with time zone not null,
  state text not null,
  tries integer not null default 0,
  try_at timestamp with time zone not null,
  settled_at timestamp with time zone,
  answer text not null default ''::text,
  constraint digest_send_user_id_to_at_key UNIQUE (user_id, to_at),
  constraint digest_send_pkey PRIMARY KEY (id),
  constraint digest_send_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'sending'::text, 'sent'::text, 'empty'::text, 'failed'::text, 'uncertain'::text]))));

create table digest_setting (
  user_id uuid not null,
  cadence text not null,
  weekday text not null,
  at_time text not null,
  time_zone text,
  language text,
  when_empty boolean not null,
  unsubscribe_key uuid not null,
  covered_to timestamp with time zone not null,
  next_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  constraint digest_setting_unsubscribe_key_key UNIQUE (unsubscribe_key),
  constraint digest_setting_pkey PRIMARY KEY (user_id),
  constraint digest_setting_cadence_check CHECK ((cadence = ANY (ARRAY['daily'::text, 'weekly'::text]))),
  constraint digest_setting_language_check CHECK ((language = ANY (ARRAY['en'::text, 'ko'::text]))));

create table display_claim (
  key uuid not null,
  person_id uuid not null,
  campaign_id uuid not null,
  version_id uuid,
  delivery_id uuid not null,
  kind text not null,
  class text not null,
  slot text not null,
  priority smallint not null,
  state text not null,
  counted boolean not null default false,
  arm jsonb,
  content jsonb,
  visit uuid not null,
  url text not null,
  created_at timestamp with time zone not null,
  lease_until timestamp with time zone not null,
  shown_at timestamp with time zone,
  dwell_ms integer,
  constraint display_claim_pkey PRIMARY KEY (key),
  constraint display_claim_kind_check CHECK ((kind = ANY (ARRAY['auto'::text, 'in_app'::text]))),
  constraint display_claim_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'open'::text, 'shown'::text, 'back'::text, 'lapsed'::text, 'recalled'::text]))));

create table display_claim_past (
  campaign_id uuid not null,
  hour timestamp with time zone not null,
  version_id uuid not null,
  variant text not null,
  is_control boolean not null,
  state text not null,
  claims bigint not null,
  constraint display_claim_past_pkey PRIMARY KEY (campaign_id, hour, version_id, variant, is_control, state));

create table display_tally (
  campaign_id uuid not null,
  taken bigint not null,
  constraint display_tally_pkey PRIMARY KEY (campaign_id),
  constraint display_tally_taken_check CHECK ((taken >= 0)));

create table dkim_key (
  id uuid not null,
  domain_id uuid not null,
  selector text not null,
  private_key text not null,
  public_key text not null,
  state text not null,
  created_at timestamp with time zone not null,
  retired_at timestamp with time zone,
  constraint dkim_key_domain_id_selector_key UNIQUE (domain_id, selector),
  constraint dkim_key_pkey PRIMARY KEY (id),
  constraint dkim_key_state_check CHECK ((state = ANY (ARRAY['next'::text, 'active'::text, 'retired'::text]))));

create table draft_override (
  campaign_id uuid not null,
  step_id text not null,
  person_id uuid not null,
  variant text not null,
  set_by text not null,
  set_at timestamp with time zone not null,
  constraint draft_override_pkey PRIMARY KEY (campaign_id, step_id, person_id));

create table enrollment (
  id uuid not null,
  person_id uuid not null,
  campaign_id uuid not null,
  version_id uuid not null,
  entry_key text not null default ''::text,
  state text not null,
  exit_code text,
  step_id text,
  step_arrived_at timestamp with time zone,
  due_at timestamp with time zone,
  waiting boolean not null default false,
  entered_at timestamp with time zone not null,
  left_at timestamp with time zone,
  entry jsonb not null default '{}'::jsonb,
  moves jsonb,
  constraint enrollment_pkey PRIMARY KEY (id, person_id),
  constraint enrollment_state_check CHECK ((state = ANY (ARRAY['active'::text, 'completed'::text, 'exited'::text, 'cancelled'::text]))));

create table entry_file (
  id uuid not null,
  campaign_id uuid not null,
  request text not null,
  name text,
  created_by text not null,
  created_at timestamp with time zone not null,
  received integer not null default 0,
  entered integer not null default 0,
  repeated integer not null default 0,
  refused integer not null default 0,
  rejected integer not null default 0,
  digest text not null default ''::text,
  moved_at timestamp with time zone not null,
  ended_at timestamp with time zone,
  constraint entry_file_campaign_id_request_key UNIQUE (campaign_id, request),
  constraint entry_file_pkey PRIMARY KEY (id));

create table entry_file_row (
  file_id uuid not null,
  line integer not null,
  kind text not null,
  code text not null,
  message text,
  constraint entry_file_row_pkey PRIMARY KEY (file_id, line),
  constraint entry_file_row_kind_check CHECK ((kind = ANY (ARRAY['refused'::text, 'rejected'::text]))));

create table entry_request (
  person_id uuid not null,
  campaign_id uuid not null,
  request_id text not null,
  at timestamp with time zone not null,
  constraint entry_request_pkey PRIMARY KEY (person_id, campaign_id, request_id));

create table erased_person (
  person_id uuid not null,
  identity_hashes text[] not null,
  at timestamp with time zone not null,
  constraint erased_person_pkey PRIMARY KEY (person_id));

create table event (
  id uuid not null,
  person_id uuid not null,
  type text not null,
  name text not null,
  properties jsonb not null default '{}'::jsonb,
  context jsonb not null default '{}'::jsonb,
  occurred_at timestamp with time zone not null,
  received_at timestamp with time zone not null,
  message_id text not null,
  from_id uuid,
  constraint event_pkey PRIMARY KEY (person_id, occurred_at, id)) partition by RANGE (occurred_at);

create table event_default partition of event DEFAULT;

create table event_receipt (
  message_key uuid not null,
  received_at timestamp with time zone not null,
  constraint event_receipt_pkey PRIMARY KEY (message_key));

create table event_rejected (
  id uuid not null,
  at timestamp with time zone not null,
  message_id text,
  code text not null,
  message text not null,
  payload jsonb not null,
  constraint event_rejected_pkey PRIMARY KEY (id));

create table event_subscription (
  endpoint_id uuid not null,
  format text not null,
  kinds text[] not null,
  campaign_ids uuid[],
  since timestamp with time zone not null,
  failing_since timestamp with time zone,
  updated_at timestamp with time zone not null,
  constraint event_subscription_pkey PRIMARY KEY (endpoint_id),
  constraint event_subscription_format_check CHECK ((format = ANY (ARRAY['danbi'::text, 'segment'::text]))));

create table event_tally (
  id bigint not null generated always as identity,
  name text not null,
  events bigint not null,
  last_at timestamp with time zone not null,
  constraint event_tally_pkey PRIMARY KEY (id));

create table experiment (
  id uuid not null,
  campaign_id uuid not null,
  step_id text not null,
  version_id uuid not null,
  salt text not null,
  arms jsonb not null,
  origin text not null default 'danbi'::text,
  created_at timestamp with time zone not null,
  constraint experiment_salt_key UNIQUE (salt),
  constraint experiment_pkey PRIMARY KEY (id),
  constraint experiment_origin_check CHECK ((origin = ANY (ARRAY['danbi'::text, 'external'::text]))));

create table experiment_choice (
  id uuid not null,
  experiment_id uuid not null,
  campaign_id uuid not null,
  variant text not null,
  keep integer not null,
  claim text not null,
  chosen_by text not null,
  since timestamp with time zone not null,
  ended_at timestamp with time zone,
  ended_by text,
  end_reason text,
  constraint experiment_choice_pkey PRIMARY KEY (id),
  constraint experiment_choice_claim_check CHECK ((claim = ANY (ARRAY['winner'::text, 'leader'::text, 'none'::text]))),
  constraint experiment_choice_end_reason_check CHECK ((end_reason = ANY (ARRAY['undone'::text, 'replaced'::text, 'guardrail'::text]))),
  constraint experiment_choice_keep_check CHECK (((keep >= 0) AND (keep <= 5000))));

create table experiment_drop (
  experiment_id uuid not null,
  variant text not null,
  campaign_id uuid not null,
  dropped_by text not null,
  at timestamp with time zone not null,
  constraint experiment_drop_pkey PRIMARY KEY (experiment_id, variant));

create table experiment_override (
  id uuid not null,
  experiment_id uuid not null,
  campaign_id uuid not null,
  person_id uuid not null,
  variant text not null,
  before_variant text,
  set_by text not null,
  set_at timestamp with time zone not null,
  ended_by text,
  ended_at timestamp with time zone,
  constraint experiment_override_pkey PRIMARY KEY (id));

create table experiment_plan (
  experiment_id uuid not null,
  campaign_id uuid not null,
  goal jsonb not null,
  measure text not null,
  direction text not null,
  mode text not null,
  alpha_early double precision not null,
  alpha_final double precision not null,
  planned_people double precision,
  readout_at timestamp with time zone,
  min_effect double precision not null,
  min_days integer not null,
  weights jsonb not null,
  caps jsonb not null,
  asked jsonb not null,
  assumed jsonb not null,
  created_at timestamp with time zone not null,
  constraint experiment_plan_pkey PRIMARY KEY (experiment_id),
  constraint experiment_plan_alpha_early_check CHECK ((alpha_early >= (0)::double precision)),
  constraint experiment_plan_alpha_final_check CHECK ((alpha_final >= (0)::double precision)),
  constraint experiment_plan_check CHECK ((((alpha_early + alpha_final) > (0)::double precision) AND ((alpha_early + alpha_final) < (0.0501)::double precision))),
  constraint experiment_plan_direction_check CHECK ((direction = ANY (ARRAY['higher'::text, 'lower'::text]))),
  constraint experiment_plan_measure_check CHECK ((measure = ANY (ARRAY['rate'::text, 'amount'::text]))),
  constraint experiment_plan_min_days_check CHECK ((min_days >= 0)),
  constraint experiment_plan_min_effect_check CHECK ((min_effect > (0)::double precision)),
  constraint experiment_plan_mode_check CHECK ((mode = ANY (ARRAY['planned'::text, 'open'::text, 'single'::text]))),
  constraint experiment_plan_planned_people_check CHECK ((planned_people > (0)::double precision)));

create table experiment_verdict (
  experiment_id uuid not null,
  campaign_id uuid not null,
  memory jsonb not null,
  harm jsonb not null default '{}'::jsonb,
  state text not null,
  winner text,
  seen jsonb not null default '{}'::jsonb,
  view jsonb,
  quiet_since timestamp with time zone not null,
  evaluated_at timestamp with time zone,
  due_at timestamp with time zone,
  constraint experiment_verdict_pkey PRIMARY KEY (experiment_id));

create table feature (
  id uuid not null,
  key text not null,
  name text not null,
  description text not null default ''::text,
  state text not null default 'asked'::text,
  owner_id uuid,
  event text,
  event_where jsonb not null default '[]'::jsonb,
  goal_days integer not null default 30,
  topic text not null default 'product-updates'::text,
  tag text,
  campaign_id uuid,
  created_by text not null,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  shipped_at timestamp with time zone,
  shipped_by text,
  archived_at timestamp with time zone,
  constraint feature_pkey PRIMARY KEY (id),
  constraint feature_goal_days_check CHECK (((goal_days >= 1) AND (goal_days <= 365))),
  constraint feature_state_check CHECK ((state = ANY (ARRAY['asked'::text, 'planned'::text, 'shipped'::text]))));

create table feature_asker (
  person_id uuid not null,
  feature_id uuid not null,
  asked_at timestamp with time zone not null,
  taken_by uuid,
  taken_at timestamp with time zone,
  told_by uuid,
  told_at timestamp with time zone,
  refused_by uuid,
  refused_code text,
  constraint feature_asker_pkey PRIMARY KEY (person_id, feature_id));

create table feature_campaign (
  campaign_id uuid not null,
  feature_id uuid not null,
  constraint feature_campaign_pkey PRIMARY KEY (campaign_id));

create table feature_request (
  id uuid not null,
  person_id uuid not null,
  feature_id uuid not null,
  words text,
  source text not null,
  source_ref text,
  asked_at timestamp with time zone not null,
  recorded_at timestamp with time zone not null,
  recorded_by text not null,
  constraint feature_request_pkey PRIMARY KEY (person_id, id),
  constraint feature_request_source_check CHECK ((source = ANY (ARRAY['survey'::text, 'tag'::text, 'api'::text, 'hand'::text]))));

create table file_key (
  kind text not null,
  key text not null,
  id uuid not null,
  constraint file_key_kind_id_key UNIQUE (kind, id),
  constraint file_key_pkey PRIMARY KEY (kind, key),
  constraint file_key_kind_check CHECK ((kind = ANY (ARRAY['segment'::text, 'list'::text, 'campaign'::text, 'endpoint'::text, 'holdout'::text]))));

create table holdout (
  id uuid not null,
  name text not null,
  basis_points integer not null,
  salt text not null,
  campaign_ids uuid[],
  except_ids uuid[] not null default '{}'::uuid[],
  goal jsonb not null,
  since timestamp with time zone not null,
  created_by text not null,
  ended_at timestamp with time zone,
  ended_by text,
  constraint holdout_salt_key UNIQUE (salt),
  constraint holdout_pkey PRIMARY KEY (id),
  constraint holdout_basis_points_check CHECK (((basis_points > 0) AND (basis_points <= 5000))));

create table holdout_person (
  holdout_id uuid not null,
  person_id uuid not null,
  held boolean not null,
  open boolean not null,
  source text not null,
  campaign_id uuid,
  at timestamp with time zone not null,
  constraint holdout_person_pkey PRIMARY KEY (holdout_id, person_id),
  constraint holdout_person_source_check CHECK ((source = ANY (ARRAY['hash'::text, 'override'::text]))));

create table identity_conflict (
  id uuid not null,
  person_id uuid not null,
  kind text not null,
  value text not null,
  detail jsonb not null,
  at timestamp with time zone not null,
  constraint identity_conflict_person_id_kind_value_key UNIQUE (person_id, kind, value),
  constraint identity_conflict_pkey PRIMARY KEY (id));

create table identity_secret (
  id uuid not null,
  kind text not null,
  name text not null,
  value text,
  hint text not null,
  created_by text not null,
  created_at timestamp with time zone not null,
  revoked_at timestamp with time zone,
  constraint identity_secret_pkey PRIMARY KEY (id),
  constraint identity_secret_check CHECK (((value IS NULL) = (revoked_at IS NOT NULL))),
  constraint identity_secret_kind_check CHECK ((kind = ANY (ARRAY['shared'::text, 'ed25519'::text]))));

create table import_key (
  import_id uuid not null,
  key uuid not null,
  row_number integer not null,
  line integer not null,
  constraint import_key_pkey PRIMARY KEY (import_id, key));

create table import_rejection (
  import_id uuid not null,
  row_number integer not null,
  line integer,
  code text not null,
  message text not null,
  field text,
  raw text not null,
  constraint import_rejection_pkey PRIMARY KEY (import_id, row_number));

create table import_run (
  id uuid not null,
  kind text not null,
  state text not null,
  options jsonb not null,
  file_hash text not null,
  bytes_total bigint not null,
  bytes_done bigint not null,
  line_done integer not null,
  rows_total integer not null default 0,
  rows_created integer not null default 0,
  rows_updated integer not null default 0,
  rows_unchanged integer not null default 0,
  rows_rejected integer not null default 0,
  problem jsonb,
  created_by text not null,
  created_at timestamp with time zone not null,
  finished_at timestamp with time zone,
  constraint import_run_pkey PRIMARY KEY (id),
  constraint import_run_kind_check CHECK ((kind = ANY (ARRAY['people'::text, 'events'::text]))),
  constraint import_run_state_check CHECK ((state = ANY (ARRAY['queued'::text, 'running'::text, 'done'::text, 'failed'::text, 'cancelled'::text]))));

create table in_app_message (
  delivery_id uuid not null,
  person_id uuid not null,
  campaign_id uuid not null,
  content jsonb not null,
  created_at timestamp with time zone not null,
  expires_at timestamp with time zone,
  seen_at timestamp with time zone,
  clicked_at timestamp with time zone,
  dismissed_at timestamp with time zone,
  recalled_at timestamp with time zone,
  opened_at timestamp with time zone,
  replied_at timestamp with time zone,
  goal_at timestamp with time zone,
  expired_at timestamp with time zone,
  stopped_at timestamp with time zone,
  constraint in_app_message_pkey PRIMARY KEY (delivery_id, person_id));

create table inbound_event (
  id uuid not null,
  source text not null,
  dedupe_key text not null,
  content_type text not null,
  body bytea not null,
  envelope jsonb,
  received_at timestamp with time zone not null,
  state text not null,
  attempts integer not null default 0,
  begun integer not null default 0,
  next_at timestamp with time zone,
  settled_at timestamp with time zone,
  detail text not null default ''::text,
  notices jsonb not null default '[]'::jsonb,
  delivery_ids uuid[] not null default '{}'::uuid[],
  constraint inbound_event_source_dedupe_key_key UNIQUE (source, dedupe_key),
  constraint inbound_event_pkey PRIMARY KEY (id),
  constraint inbound_event_state_check CHECK ((state = ANY (ARRAY['pending'::text, 'applied'::text, 'ignored'::text, 'review'::text, 'failed'::text]))));

create table launch (
  id uuid not null,
  campaign_id uuid not null,
  version_id uuid not null,
  segment_id uuid,
  due_at timestamp with time zone not null,
  state text not null,
  cursor uuid,
  people_total integer,
  people_done integer not null default 0,
  started_at timestamp with time zone,
  finished_at timestamp with time zone,
  part text not null default 'all'::text,
  ramp jsonb,
  stage smallint not null default 0,
  resume_at timestamp with time zone,
  counted_from timestamp with time zone,
  copied boolean not null default false,
  forecast integer,
  revision integer,
  unapproved jsonb,
  constraint launch_pkey PRIMARY KEY (id),
  constraint launch_part_check CHECK ((part = ANY (ARRAY['all'::text, 'test'::text, 'rest'::text]))),
  constraint launch_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'running'::text, 'done'::text, 'cancelled'::text]))));

create table launch_person (
  launch_id uuid not null,
  person_id uuid not null,
  constraint launch_person_pkey PRIMARY KEY (launch_id, person_id));

create table list (
  id uuid not null,
  name text not null,
  description text not null default ''::text,
  created_by text not null,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  archived_at timestamp with time zone,
  constraint list_pkey PRIMARY KEY (id));

create table list_member (
  list_id uuid not null,
  person_id uuid not null,
  added_at timestamp with time zone not null,
  constraint list_member_pkey PRIMARY KEY (list_id, person_id));

create table login_failure (
  key_hash text not null,
  failures integer not null,
  since timestamp with time zone not null,
  constraint login_failure_pkey PRIMARY KEY (key_hash));

create table login_step (
  token_hash text not null,
  user_id uuid not null,
  expires_at timestamp with time zone not null,
  constraint login_step_pkey PRIMARY KEY (token_hash));

create table membership_change (
  segment_id uuid not null,
  person_id uuid not null,
  id bigint not null generated always as identity,
  entered boolean not null,
  at timestamp with time zone not null,
  cause text not null,
  recorded_at timestamp with time zone not null,
  constraint membership_change_pkey PRIMARY KEY (segment_id, person_id, id),
  constraint membership_change_cause_check CHECK ((cause = ANY (ARRAY['change'::text, 'clock'::text, 'build'::text, 'merge'::text, 'erase'::text]))));

create table message_answer (
  delivery_id uuid not null,
  person_id uuid not null,
  campaign_id uuid not null,
  version_id uuid not null,
  step_id text not null,
  variant text not null,
  kind text not null,
  score smallint,
  choices text[],
  text text,
  at timestamp with time zone not null,
  constraint message_answer_pkey PRIMARY KEY (delivery_id, person_id),
  constraint message_answer_kind_check CHECK ((kind = ANY (ARRAY['reply'::text, 'survey'::text]))));

create table message_content (
  id uuid not null,
  campaign_id uuid,
  version_id uuid,
  step_id text,
  variant text not null,
  channel text not null,
  language text not null default ''::text,
  source jsonb not null,
  compiled jsonb not null,
  created_at timestamp with time zone not null,
  constraint message_content_pkey PRIMARY KEY (id),
  constraint message_content_channel_check CHECK ((channel = ANY (ARRAY['email'::text, 'in_app'::text, 'webhook'::text, 'chat'::text]))));

create table mpp_recipient (
  person_id uuid not null,
  first_at timestamp with time zone not null,
  last_at timestamp with time zone not null,
  constraint mpp_recipient_pkey PRIMARY KEY (person_id));

create table one_time_link (
  token_hash text not null,
  kind text not null,
  user_id uuid,
  created_at timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  used_at timestamp with time zone,
  constraint one_time_link_pkey PRIMARY KEY (token_hash),
  constraint one_time_link_kind_check CHECK ((kind = ANY (ARRAY['setup'::text, 'invite'::text]))));

create table outgoing_event (
  id uuid not null,
  endpoint_id uuid not null,
  kind text not null,
  ref_id uuid not null,
  event_key text not null,
  person_id uuid not null,
  campaign_id uuid,
  at timestamp with time zone not null,
  payload jsonb not null,
  state text not null default 'waiting'::text,
  attempts integer not null default 0,
  made_at timestamp with time zone not null,
  due_at timestamp with time zone not null,
  lease_until timestamp with time zone,
  settled_at timestamp with time zone,
  detail text,
  constraint outgoing_event_once UNIQUE (endpoint_id, ref_id, kind, event_key),
  constraint outgoing_event_pkey PRIMARY KEY (id),
  constraint outgoing_event_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'sent'::text, 'dead'::text]))));

create table outgoing_note (
  id bigint not null generated always as identity,
  kind text not null,
  delivery_id uuid,
  enrollment_id uuid,
  person_id uuid not null,
  campaign_id uuid,
  step_id text,
  event_key text not null default ''::text,
  at timestamp with time zone not null,
  data jsonb not null default '{}'::jsonb,
  constraint outgoing_note_pkey PRIMARY KEY (id));

create table pacing_release (
  reason text not null,
  requested_at timestamp with time zone not null,
  after_person uuid,
  after_id uuid,
  constraint pacing_release_pkey PRIMARY KEY (reason));

create table person (
  id uuid not null,
  external_id text,
  kind text not null,
  email text,
  time_zone text,
  language text,
  attributes jsonb not null default '{}'::jsonb,
  signed_up_at timestamp with time zone,
  first_seen_at timestamp with time zone not null,
  last_seen_at timestamp with time zone not null,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  constraint person_external_id_key UNIQUE (external_id),
  constraint person_pkey PRIMARY KEY (id),
  constraint person_kind_check CHECK ((kind = ANY (ARRAY['visitor'::text, 'lead'::text, 'user'::text]))));

create table person_change (
  id bigint not null generated always as identity,
  kind text not null,
  at timestamp with time zone not null,
  person_ids uuid[] not null,
  attribute_keys text[] not null default '{}'::text[],
  event_names text[] not null default '{}'::text[],
  tags text[] not null default '{}'::text[],
  event_ids uuid[] not null default '{}'::uuid[],
  event_persons uuid[] not null default '{}'::uuid[],
  merged_into uuid,
  other_keys text[] not null default '{}'::text[],
  constraint person_change_pkey PRIMARY KEY (id),
  constraint person_change_kind_check CHECK ((kind = ANY (ARRAY['changed'::text, 'merged'::text, 'deleted'::text]))));

create table person_date (
  person_id uuid not null,
  key text not null,
  at timestamp with time zone not null,
  constraint person_date_pkey PRIMARY KEY (person_id, key));

create table person_identity (
  kind text not null,
  value text not null,
  person_id uuid not null,
  linked_at timestamp with time zone not null,
  constraint person_identity_pkey PRIMARY KEY (kind, value),
  constraint person_identity_kind_check CHECK ((kind = ANY (ARRAY['user_id'::text, 'anonymous_id'::text]))));

create table person_merge (
  from_id uuid not null,
  into_id uuid not null,
  at timestamp with time zone not null,
  source text not null,
  constraint person_merge_pkey PRIMARY KEY (from_id));

create table person_name (
  person_id uuid not null,
  name text not null,
  constraint person_name_pkey PRIMARY KEY (person_id));

create table person_news (
  id bigint not null generated always as identity,
  xid xid8 not null default pg_current_xact_id(),
  person_id uuid,
  kind text not null,
  ref uuid,
  at timestamp with time zone not null,
  constraint person_news_pkey PRIMARY KEY (id),
  constraint person_news_kind_check CHECK ((kind = ANY (ARRAY['message'::text, 'gone'::text, 'unread'::text, 'rules'::text]))));

create table person_preference (
  person_id uuid not null,
  email_frequency text not null,
  updated_at timestamp with time zone not null,
  source text not null,
  constraint person_preference_pkey PRIMARY KEY (person_id),
  constraint person_preference_email_frequency_check CHECK ((email_frequency = ANY (ARRAY['all'::text, 'weekly'::text, 'monthly'::text]))));

create table person_tag (
  person_id uuid not null,
  tag text not null,
  added_at timestamp with time zone not null,
  constraint person_tag_pkey PRIMARY KEY (person_id, tag));

create table provider_connection (
  id uuid not null,
  provider text not null,
  name text not null,
  enabled boolean not null default true,
  topic_arns text[] not null default '{}'::text[],
  networks text[] not null default '{}'::text[],
  created_at timestamp with time zone not null,
  last_event_at timestamp with time zone,
  refused_count bigint not null default 0,
  last_refused_at timestamp with time zone,
  last_refused_reason text,
  constraint provider_connection_pkey PRIMARY KEY (id),
  constraint provider_connection_provider_check CHECK ((provider = ANY (ARRAY['ses'::text, 'sendgrid'::text, 'mailgun'::text, 'postmark'::text]))));

create table provider_secret (
  id uuid not null,
  connection_id uuid not null,
  value text not null,
  hint text not null,
  added_at timestamp with time zone not null,
  constraint provider_secret_connection_id_value_key UNIQUE (connection_id, value),
  constraint provider_secret_pkey PRIMARY KEY (id));

create table provider_token (
  connection_id uuid not null,
  token_key uuid not null,
  seen_at timestamp with time zone not null,
  constraint provider_token_pkey PRIMARY KEY (connection_id, token_key));

create table recovery_code (
  user_id uuid not null,
  code_hash text not null,
  used_at timestamp with time zone,
  constraint recovery_code_pkey PRIMARY KEY (user_id, code_hash));

create table relay (
  id uuid not null,
  name text not null,
  host text not null,
  port integer not null,
  security text not null,
  verify_certificate boolean not null,
  username text,
  password text,
  provider text not null,
  configuration_set text,
  broadcast_stream text,
  transactional_stream text,
  connections integer not null,
  weight integer not null,
  priority integer not null,
  send_rate double precision,
  domain_rates jsonb not null,
  enabled boolean not null,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  constraint relay_name_key UNIQUE (name),
  constraint relay_pkey PRIMARY KEY (id),
  constraint relay_check CHECK (((username IS NULL) = (password IS NULL))),
  constraint relay_connections_check CHECK ((connections > 0)),
  constraint relay_port_check CHECK (((port > 0) AND (port < 65536))),
  constraint relay_provider_check CHECK ((provider = ANY (ARRAY['smtp'::text, 'ses'::text, 'sendgrid'::text, 'mailgun'::text, 'postmark'::text]))),
  constraint relay_security_check CHECK ((security = ANY (ARRAY['tls'::text, 'starttls'::text, 'none'::text]))),
  constraint relay_send_rate_check CHECK ((send_rate > (0)::double precision)),
  constraint relay_weight_check CHECK ((weight > 0)));

create table relay_health (
  relay_id text not null,
  breaker text not null,
  opened_at timestamp with time zone,
  probe_at timestamp with time zone,
  last_error text,
  last_error_at timestamp with time zone,
  last_ok_at timestamp with time zone,
  constraint relay_health_pkey PRIMARY KEY (relay_id),
  constraint relay_health_breaker_check CHECK ((breaker = ANY (ARRAY['closed'::text, 'open'::text]))));

create table relay_rate (
  relay_id text not null,
  domain text not null,
  tokens double precision not null,
  at timestamp with time zone not null,
  promised_until timestamp with time zone not null,
  lowered_to double precision,
  lowered_from double precision,
  lowered_at timestamp with time zone,
  lowered_because text,
  constraint relay_rate_pkey PRIMARY KEY (relay_id, domain));

create table result_cell (
  id integer not null generated always as identity,
  campaign_id uuid not null,
  key uuid not null,
  measure text not null,
  version_id uuid,
  step_id text,
  experiment_id uuid,
  variant text,
  channel text,
  language text,
  detail text,
  further text,
  bucket timestamp with time zone,
  count bigint not null,
  amount numeric,
  squares numeric,
  constraint result_cell_campaign_id_key_key UNIQUE (campaign_id, key),
  constraint result_cell_pkey PRIMARY KEY (id));

create table result_check (
  id uuid not null,
  campaign_id uuid not null,
  at timestamp with time zone not null,
  state text not null,
  people integer not null,
  differences jsonb not null default '[]'::jsonb,
  repaired integer not null default 0,
  milliseconds integer not null,
  reached uuid,
  constraint result_check_pkey PRIMARY KEY (id),
  constraint result_check_state_check CHECK ((state = ANY (ARRAY['equal'::text, 'repaired'::text, 'unfinished'::text]))));

create table result_goal (
  campaign_id uuid not null,
  id text not null,
  goal text not null,
  constraint result_goal_pkey PRIMARY KEY (campaign_id, id));

create table result_goals (
  campaign_id uuid not null,
  digest text not null,
  cursor uuid,
  people_total integer not null default 0,
  people_done integer not null default 0,
  started_at timestamp with time zone,
  check_from timestamp with time zone not null,
  constraint result_goals_pkey PRIMARY KEY (campaign_id));

create table result_mark (
  id bigint not null generated always as identity,
  campaign_id uuid,
  person_ids uuid[] not null default '{}'::uuid[],
  delivery_ids uuid[] not null default '{}'::uuid[],
  reads text[],
  people integer not null,
  folded boolean not null default false,
  constraint result_mark_pkey PRIMARY KEY (id));

create table result_person (
  campaign_id uuid not null,
  person_id uuid not null,
  cells integer[] not null,
  counts integer[],
  amounts numeric[],
  entered_at timestamp with time zone,
  next_at timestamp with time zone,
  constraint result_person_pkey PRIMARY KEY (campaign_id, person_id));

create table result_reads (
  version_id uuid not null,
  campaign_id uuid not null,
  reads text[] not null,
  constraint result_reads_pkey PRIMARY KEY (version_id));

create table result_state (
  id smallint not null default 1,
  worked_at timestamp with time zone not null,
  constraint result_state_pkey PRIMARY KEY (id),
  constraint result_state_id_check CHECK ((id = 1)));

create table result_tested (
  experiment_id uuid not null,
  person_id uuid not null,
  variant text not null,
  is_control boolean not null,
  assigned_at timestamp with time zone not null,
  eligible boolean not null,
  reactions smallint not null,
  constraint result_tested_pkey PRIMARY KEY (experiment_id, person_id));

create table result_tested_cell (
  experiment_id uuid not null,
  span integer not null,
  at timestamp with time zone not null,
  variant text not null,
  assigned bigint not null,
  eligible bigint not null,
  messaged bigint not null,
  bounced bigint not null,
  unsubscribed bigint not null,
  complained bigint not null,
  opened bigint not null,
  machine bigint not null,
  clicked bigint not null,
  constraint result_tested_cell_pkey PRIMARY KEY (experiment_id, span, at, variant),
  constraint result_tested_cell_span_check CHECK ((span = ANY (ARRAY[60, 3600]))));

create table result_tested_goal (
  experiment_id uuid not null,
  goal text not null,
  person_id uuid not null,
  variant text not null,
  assigned_at timestamp with time zone not null,
  amount numeric not null,
  constraint result_tested_goal_pkey PRIMARY KEY (experiment_id, goal, person_id));

create table result_tested_goal_cell (
  experiment_id uuid not null,
  goal text not null,
  span integer not null,
  at timestamp with time zone not null,
  variant text not null,
  converted bigint not null,
  non_zero bigint not null,
  amount numeric not null,
  squares numeric not null,
  constraint result_tested_goal_cell_pkey PRIMARY KEY (experiment_id, goal, span, at, variant),
  constraint result_tested_goal_cell_span_check CHECK ((span = ANY (ARRAY[60, 3600]))));

create table retention_policy (
  kind text not null,
  days integer not null,
  updated_by text not null,
  updated_at timestamp with time zone not null,
  constraint retention_policy_pkey PRIMARY KEY (kind),
  constraint retention_policy_days_check CHECK ((days > 0)));

create table retention_walk (
  part text not null,
  page bigint not null,
  pages bigint not null,
  removed bigint not null,
  began_at timestamp with time zone not null,
  done_at timestamp with time zone,
  constraint retention_walk_pkey PRIMARY KEY (part));

create table retention_work (
  kind text not null,
  removed bigint not null,
  horizon timestamp with time zone not null,
  at timestamp with time zone not null,
  constraint retention_work_pkey PRIMARY KEY (kind));

create table sample_data (
  id smallint not null default 1,
  run uuid not null,
  state text not null,
  done integer not null default 0,
  total integer not null,
  anchor timestamp with time zone not null,
  removed uuid[] not null default '{}'::uuid[],
  requested_by text not null,
  requested_at timestamp with time zone not null,
  constraint sample_data_pkey PRIMARY KEY (id),
  constraint sample_data_id_check CHECK ((id = 1)),
  constraint sample_data_state_check CHECK ((state = ANY (ARRAY['making'::text, 'there'::text, 'removing'::text]))));

create table sandbox_mail (
  id uuid not null,
  received_at timestamp with time zone not null,
  mail_from text not null,
  rcpt_to text not null,
  subject text not null,
  message_id text,
  raw bytea not null,
  constraint sandbox_mail_pkey PRIMARY KEY (id));

create table saved_reply (
  id uuid not null,
  name text not null,
  texts jsonb not null,
  revision integer not null default 1,
  created_by text not null,
  created_at timestamp with time zone not null,
  updated_by text not null,
  updated_at timestamp with time zone not null,
  constraint saved_reply_pkey PRIMARY KEY (id));

create table scanner_network (
  network cidr not null,
  note text not null default ''::text,
  added_at timestamp with time zone not null,
  constraint scanner_network_pkey PRIMARY KEY (network));

create table second_factor (
  id uuid not null,
  user_id uuid not null,
  secret text not null,
  last_step bigint not null default 0,
  started_at timestamp with time zone not null,
  confirmed_at timestamp with time zone,
  constraint second_factor_user_id_key UNIQUE (user_id),
  constraint second_factor_pkey PRIMARY KEY (id));

create table secret_key (
  id text not null,
  proof text not null,
  state text not null,
  made_at timestamp with time zone not null,
  constraint secret_key_pkey PRIMARY KEY (id),
  constraint secret_key_state_check CHECK ((state = ANY (ARRAY['active'::text, 'old'::text]))));

create table segment (
  id uuid not null,
  name text not null,
  description text not null default ''::text,
  purpose text not null default 'shared'::text,
  owner_id uuid,
  definition jsonb not null,
  revision integer not null default 1,
  state text not null,
  evaluated_to timestamp with time zone,
  problem text,
  created_by text not null,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  last_revision integer not null default 1,
  member_count integer not null default 0,
  time_zone text,
  evaluated_person uuid,
  stalled_at timestamp with time zone,
  stalls integer not null default 0,
  updated_by text,
  constraint segment_pkey PRIMARY KEY (id),
  constraint segment_purpose_check CHECK ((purpose = ANY (ARRAY['shared'::text, 'campaign'::text]))),
  constraint segment_state_check CHECK ((state = ANY (ARRAY['building'::text, 'live'::text, 'failed'::text, 'archived'::text]))));

create table segment_build (
  segment_id uuid not null,
  definition jsonb not null,
  revision integer not null,
  announces boolean not null,
  cursor uuid,
  people_total integer,
  people_done integer not null default 0,
  evaluated_to timestamp with time zone,
  requested_at timestamp with time zone not null,
  renews boolean not null default false,
  evaluated_person uuid,
  time_zone text,
  constraint segment_build_pkey PRIMARY KEY (segment_id));

create table segment_build_member (
  segment_id uuid not null,
  person_id uuid not null,
  constraint segment_build_member_pkey PRIMARY KEY (segment_id, person_id));

create table segment_member (
  segment_id uuid not null,
  person_id uuid not null,
  since timestamp with time zone not null,
  constraint segment_member_pkey PRIMARY KEY (segment_id, person_id));

create table send_rate (
  scope text not null,
  messages integer not null,
  per text not null,
  tokens double precision not null,
  at timestamp with time zone not null,
  served uuid,
  constraint send_rate_pkey PRIMARY KEY (scope),
  constraint send_rate_messages_check CHECK ((messages > 0)),
  constraint send_rate_per_check CHECK ((per = ANY (ARRAY['minute'::text, 'hour'::text]))));

create table sending_domain (
  id uuid not null,
  domain text not null,
  from_name text not null default ''::text,
  from_local text not null,
  bounce_domain text,
  is_default boolean not null default false,
  created_by text not null,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  checked_at timestamp with time zone,
  checks jsonb,
  verified_at timestamp with time zone,
  constraint sending_domain_domain_key UNIQUE (domain),
  constraint sending_domain_pkey PRIMARY KEY (id));

create table sending_settings (
  id smallint not null default 1,
  settings jsonb not null,
  constraint sending_settings_pkey PRIMARY KEY (id),
  constraint sending_settings_id_check CHECK ((id = 1)));

create table service_level (
  id uuid not null,
  campaign_id uuid,
  target jsonb,
  updated_by text not null,
  updated_at timestamp with time zone not null,
  constraint service_level_campaign_id_key UNIQUE (campaign_id),
  constraint service_level_pkey PRIMARY KEY (id));

create table service_level_cell (
  campaign_id uuid not null,
  at timestamp with time zone not null,
  counts integer[] not null,
  constraint service_level_cell_pkey PRIMARY KEY (campaign_id, at));

create table service_level_walk (
  only_one boolean not null default true,
  until timestamp with time zone not null,
  constraint service_level_walk_pkey PRIMARY KEY (only_one),
  constraint service_level_walk_only_one_check CHECK (only_one));

create table session (
  token_hash text not null,
  user_id uuid not null,
  created_at timestamp with time zone not null,
  last_seen_at timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  user_agent text not null default ''::text,
  constraint session_pkey PRIMARY KEY (token_hash));

create table settled_change (
  id bigint not null generated always as identity,
  kind text not null,
  at timestamp with time zone not null,
  person_ids uuid[] not null,
  attribute_keys text[] not null default '{}'::text[],
  event_names text[] not null default '{}'::text[],
  event_ids uuid[] not null default '{}'::uuid[],
  event_persons uuid[] not null default '{}'::uuid[],
  flip_segments uuid[] not null default '{}'::uuid[],
  flip_persons uuid[] not null default '{}'::uuid[],
  flip_entered boolean[] not null default '{}'::boolean[],
  flip_at timestamp with time zone[] not null default '{}'::timestamp with time zone[],
  merged_into uuid,
  constraint settled_change_pkey PRIMARY KEY (id),
  constraint settled_change_kind_check CHECK ((kind = ANY (ARRAY['changed'::text, 'merged'::text, 'deleted'::text, 'flips'::text]))));

create table signing_key (
  id smallint not null generated always as identity,
  secret bytea not null,
  created_at timestamp with time zone not null,
  retired_at timestamp with time zone,
  constraint signing_key_pkey PRIMARY KEY (id));

create table simulation (
  id uuid not null,
  campaign_id uuid not null,
  state text not null,
  version_id uuid,
  compared_id uuid,
  revision integer,
  draft jsonb,
  from_at timestamp with time zone not null,
  to_at timestamp with time zone not null,
  reactions text not null,
  done integer not null default 0,
  total integer,
  tries integer not null default 0,
  lease_until timestamp with time zone,
  problem jsonb,
  result jsonb,
  created_by text not null,
  created_at timestamp with time zone not null,
  started_at timestamp with time zone,
  finished_at timestamp with time zone,
  constraint simulation_pkey PRIMARY KEY (id),
  constraint simulation_check CHECK ((from_at < to_at)),
  constraint simulation_check1 CHECK (((version_id IS NULL) = (revision IS NOT NULL))),
  constraint simulation_reactions_check CHECK ((reactions = ANY (ARRAY['none'::text, 'observed_rate'::text, 'worst_case'::text]))),
  constraint simulation_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'running'::text, 'done'::text, 'failed'::text, 'cancelled'::text]))));

create table simulation_person (
  simulation_id uuid not null,
  side text not null,
  person_id uuid not null,
  outcome text not null,
  lines jsonb not null,
  constraint simulation_person_pkey PRIMARY KEY (simulation_id, side, person_id),
  constraint simulation_person_side_check CHECK ((side = ANY (ARRAY['subject'::text, 'running'::text]))));

create table snippet (
  key text not null,
  name text not null,
  kind text not null,
  language text not null,
  content text not null,
  translations jsonb not null default '{}'::jsonb,
  revision integer not null default 1,
  created_by text not null,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  constraint snippet_pkey PRIMARY KEY (key),
  constraint snippet_kind_check CHECK ((kind = ANY (ARRAY['text'::text, 'body'::text]))));

create table soft_bounce (
  address_hash text not null,
  delivery_id uuid not null,
  sent_at timestamp with time zone not null,
  constraint soft_bounce_pkey PRIMARY KEY (address_hash, delivery_id));

create table source (
  id uuid not null,
  kind text not null,
  name text not null,
  enabled boolean not null default true,
  proof jsonb not null,
  mapping jsonb not null,
  revision integer not null default 1,
  created_at timestamp with time zone not null,
  last_at timestamp with time zone,
  refused_count bigint not null default 0,
  last_refused_at timestamp with time zone,
  last_refused_reason text,
  constraint source_pkey PRIMARY KEY (id),
  constraint source_kind_check CHECK ((kind = ANY (ARRAY['shopify'::text, 'stripe'::text, 'json'::text]))));

create table source_delivery (
  id uuid not null,
  source_id uuid not null,
  dedupe text,
  topic text not null,
  headers jsonb not null,
  body jsonb not null,
  received_at timestamp with time zone not null,
  state text not null,
  messages integer not null default 0,
  rules text[] not null default '{}'::text[],
  problems jsonb not null default '[]'::jsonb,
  handles text[] not null default '{}'::text[],
  read_at timestamp with time zone,
  constraint source_delivery_pkey PRIMARY KEY (id),
  constraint source_delivery_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'taken'::text, 'ignored'::text, 'failed'::text]))));

create table source_pull (
  id uuid not null,
  source_id uuid not null,
  kind text not null,
  address text not null,
  shown text not null,
  query text,
  cursor_column text,
  cursor text,
  every_minutes integer not null,
  etag text,
  modified text,
  next_at timestamp with time zone not null,
  lease_until timestamp with time zone,
  last_at timestamp with time zone,
  last_state text,
  last_rows integer not null default 0,
  last_error text,
  constraint source_pull_source_id_key UNIQUE (source_id),
  constraint source_pull_pkey PRIMARY KEY (id),
  constraint source_pull_check CHECK (((kind = 'postgres'::text) = ((query IS NOT NULL) AND (cursor_column IS NOT NULL)))),
  constraint source_pull_kind_check CHECK ((kind = ANY (ARRAY['csv'::text, 'postgres'::text]))),
  constraint source_pull_last_state_check CHECK ((last_state = ANY (ARRAY['ok'::text, 'unchanged'::text, 'failed'::text]))));

create table source_pull_run (
  source_id uuid not null,
  id uuid not null,
  at timestamp with time zone not null,
  state text not null,
  new_rows integer not null,
  error text,
  constraint source_pull_run_pkey PRIMARY KEY (source_id, id),
  constraint source_pull_run_state_check CHECK ((state = ANY (ARRAY['ok'::text, 'unchanged'::text, 'failed'::text]))));

create table source_secret (
  id uuid not null,
  source_id uuid not null,
  value text not null,
  hint text not null,
  added_at timestamp with time zone not null,
  constraint source_secret_pkey PRIMARY KEY (id));

create table status_sample (
  at timestamp with time zone not null,
  sample jsonb not null,
  constraint status_sample_pkey PRIMARY KEY (at));

create table step_visit (
  enrollment_id uuid not null,
  person_id uuid not null,
  step_id text not null,
  campaign_id uuid not null,
  version_id uuid not null,
  arrived_at timestamp with time zone not null,
  left_at timestamp with time zone,
  outcome text,
  constraint step_visit_pkey PRIMARY KEY (enrollment_id, person_id, step_id));

create table suppression (
  channel text not null,
  address_hash text not null,
  reason text not null,
  at timestamp with time zone not null,
  detail text not null default ''::text,
  until timestamp with time zone,
  evidence jsonb not null default '{}'::jsonb,
  constraint suppression_pkey PRIMARY KEY (channel, address_hash),
  constraint suppression_reason_check CHECK ((reason = ANY (ARRAY['bounce'::text, 'complaint'::text, 'manual'::text, 'soft_bounce'::text]))));

create table test_then_send (
  experiment_id uuid not null,
  campaign_id uuid not null,
  test_launch_id uuid not null,
  rest_launch_id uuid not null,
  share integer not null,
  wait jsonb not null,
  state text not null,
  because text,
  test_people integer not null default 0,
  rest_people integer not null default 0,
  began_at timestamp with time zone not null,
  sent_at timestamp with time zone,
  decide_at timestamp with time zone,
  decided_at timestamp with time zone,
  constraint test_then_send_campaign_id_key UNIQUE (campaign_id),
  constraint test_then_send_pkey PRIMARY KEY (experiment_id),
  constraint test_then_send_because_check CHECK ((because = ANY (ARRAY['guardrail'::text, 'control'::text]))),
  constraint test_then_send_share_check CHECK (((share > 0) AND (share < 10000))),
  constraint test_then_send_state_check CHECK ((state = ANY (ARRAY['testing'::text, 'waiting'::text, 'held'::text, 'decided'::text, 'cancelled'::text]))));

create table topic (
  key text not null,
  name text not null,
  name_ko text not null default ''::text,
  kind text not null,
  opt_in boolean not null default false,
  created_at timestamp with time zone not null,
  reason text,
  reason_text text not null default ''::text,
  double_opt_in boolean not null default false,
  constraint topic_pkey PRIMARY KEY (key),
  constraint topic_double_opt_in CHECK (((NOT double_opt_in) OR (opt_in AND (kind = 'marketing'::text)))),
  constraint topic_kind_check CHECK ((kind = ANY (ARRAY['marketing'::text, 'transactional'::text]))));

create table unproven_identity (
  day date not null,
  key_id uuid not null,
  origin text not null,
  reason text not null,
  seen integer not null,
  last_at timestamp with time zone not null,
  last_user text not null,
  constraint unproven_identity_pkey PRIMARY KEY (day, key_id, origin, reason));

create table verdict_evaluation (
  id uuid not null,
  experiment_id uuid not null,
  campaign_id uuid not null,
  at timestamp with time zone not null,
  inputs jsonb not null,
  result jsonb not null,
  constraint verdict_evaluation_pkey PRIMARY KEY (id));

create table verdict_review (
  id uuid not null,
  from_at timestamp with time zone not null,
  until_at timestamp with time zone not null,
  state text not null,
  reached_at timestamp with time zone not null,
  reached_delivery uuid,
  examined bigint not null default 0,
  changed bigint not null default 0,
  requested_at timestamp with time zone not null,
  finished_at timestamp with time zone,
  constraint verdict_review_pkey PRIMARY KEY (id),
  constraint verdict_review_check CHECK ((from_at < until_at)),
  constraint verdict_review_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'done'::text]))));

create table version_migration (
  id uuid not null,
  campaign_id uuid not null,
  version_id uuid not null,
  plan jsonb not null,
  state text not null,
  people integer not null,
  kept integer not null,
  migrated integer not null default 0,
  restarted integer not null default 0,
  drained integer not null default 0,
  ended integer not null default 0,
  refused integer not null default 0,
  chosen_by text not null,
  started_at timestamp with time zone not null,
  finished_at timestamp with time zone,
  constraint version_migration_pkey PRIMARY KEY (id),
  constraint version_migration_state_check CHECK ((state = ANY (ARRAY['running'::text, 'done'::text, 'replaced'::text, 'cancelled'::text]))));

create table visitor_settings (
  id smallint not null default 1,
  identity_mode text not null default 'off'::text,
  protected_traits text[] not null default '{}'::text[],
  site jsonb not null default '{}'::jsonb,
  updated_at timestamp with time zone not null,
  constraint visitor_settings_pkey PRIMARY KEY (id),
  constraint visitor_settings_id_check CHECK ((id = 1)),
  constraint visitor_settings_identity_mode_check CHECK ((identity_mode = ANY (ARRAY['off'::text, 'warn'::text, 'enforce'::text]))));

create table warm_up (
  scope text not null,
  key text not null,
  enabled boolean not null,
  started_on date not null,
  first_day integer not null,
  last_day integer not null,
  days integer not null,
  constraint warm_up_pkey PRIMARY KEY (scope, key),
  constraint warm_up_check CHECK ((last_day >= first_day)),
  constraint warm_up_days_check CHECK ((days > 1)),
  constraint warm_up_first_day_check CHECK ((first_day > 0)),
  constraint warm_up_scope_check CHECK ((scope = ANY (ARRAY['relay'::text, 'domain'::text]))));

create table warm_up_use (
  scope text not null,
  key text not null,
  day date not null,
  used integer not null,
  constraint warm_up_use_pkey PRIMARY KEY (scope, key, day));

create table webhook_attempt (
  id uuid not null,
  endpoint_id uuid not null,
  delivery_id uuid,
  at timestamp with time zone not null,
  attempt integer not null,
  fate text not null,
  status integer,
  error text,
  response text not null default ''::text,
  duration_ms integer not null,
  next_at timestamp with time zone,
  constraint webhook_attempt_pkey PRIMARY KEY (id),
  constraint webhook_attempt_fate_check CHECK ((fate = ANY (ARRAY['delivered'::text, 'retry'::text, 'dead'::text, 'uncertain'::text, 'test'::text]))));

create table webhook_endpoint (
  id uuid not null,
  kind text not null,
  name text not null,
  description text not null default ''::text,
  url text not null,
  headers jsonb not null default '{}'::jsonb,
  enabled boolean not null default true,
  disabled_because text,
  failures integer not null default 0,
  trips integer not null default 0,
  open_until timestamp with time zone,
  next_at timestamp with time zone,
  created_by text not null,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  constraint webhook_endpoint_pkey PRIMARY KEY (id),
  constraint webhook_endpoint_check CHECK ((enabled = (disabled_because IS NULL))),
  constraint webhook_endpoint_disabled_because_check CHECK ((disabled_because = ANY (ARRAY['operator'::text, 'gone'::text, 'failing'::text]))),
  constraint webhook_endpoint_kind_check CHECK ((kind = ANY (ARRAY['standard'::text, 'jandi'::text, 'slack'::text]))));

create table webhook_secret (
  id uuid not null,
  endpoint_id uuid not null,
  secret text not null,
  created_at timestamp with time zone not null,
  expires_at timestamp with time zone,
  constraint webhook_secret_pkey PRIMARY KEY (id));

create table workspace (
  id smallint not null default 1,
  name text not null,
  time_zone text not null,
  language text not null,
  settings jsonb not null default '{}'::jsonb,
  created_at timestamp with time zone not null,
  constraint workspace_pkey PRIMARY KEY (id),
  constraint workspace_id_check CHECK ((id = 1)));

create table workspace_breaker (
  id integer not null,
  state text not null,
  reason jsonb,
  by text not null,
  at timestamp with time zone not null,
  closes_at timestamp with time zone,
  opened_times integer not null default 0,
  constraint workspace_breaker_pkey PRIMARY KEY (id),
  constraint workspace_breaker_check CHECK (((state = 'open'::text) OR (closes_at IS NULL))),
  constraint workspace_breaker_id_check CHECK ((id = 1)),
  constraint workspace_breaker_state_check CHECK ((state = ANY (ARRAY['open'::text, 'closed'::text]))));

-- Foreign keys

alter table alarm_notice add constraint alarm_notice_alarm_id_fkey FOREIGN KEY (alarm_id) REFERENCES alarm(id) ON DELETE CASCADE;
alter table alarm_notice add constraint alarm_notice_target_id_fkey FOREIGN KEY (target_id) REFERENCES alarm_target(id) ON DELETE CASCADE;
alter table alarm_target add constraint alarm_target_endpoint_id_fkey FOREIGN KEY (endpoint_id) REFERENCES webhook_endpoint(id) ON DELETE CASCADE;
alter table anomaly_note add constraint anomaly_note_campaign_id_fkey FOREIGN KEY (campaign_id) REFERENCES campaign(id) ON DELETE CASCADE;
alter table campaign_approval add constraint campaign_approval_campaign_id_fkey FOREIGN KEY (campaign_id) REFERENCES campaign(id);
alter table campaign_version add constraint campaign_version_campaign_id_fkey FOREIGN KEY (campaign_id) REFERENCES campaign(id);
alter table canary_check add constraint canary_check_campaign_id_fkey FOREIGN KEY (campaign_id) REFERENCES campaign(id) ON DELETE CASCADE;
alter table canary_note add constraint canary_note_campaign_id_fkey FOREIGN KEY (campaign_id) REFERENCES campaign(id) ON DELETE CASCADE;
alter table coverage_group add constraint coverage_group_run_id_fkey FOREIGN KEY (run_id) REFERENCES coverage_run(id) ON DELETE CASCADE;
alter table coverage_person add constraint coverage_person_group_id_fkey FOREIGN KEY (group_id) REFERENCES coverage_group(id) ON DELETE CASCADE;
alter table coverage_run add constraint coverage_run_campaign_id_fkey FOREIGN KEY (campaign_id) REFERENCES campaign(id) ON DELETE CASCADE;
alter table digest_send add constraint digest_send_user_id_fkey FOREIGN KEY (user_id) REFERENCES app_user(id) ON DELETE CASCADE;
alter table digest_setting add constraint digest_setting_user_id_fkey FOREIGN KEY (user_id) REFERENCES app_user(id) ON DELETE CASCADE;
alter table dkim_key add constraint dkim_key_domain_id_fkey FOREIGN KEY (domain_id) REFERENCES sending_domain(id);
alter table draft_override add constraint draft_override_campaign_id_fkey FOREIGN KEY (campaign_id) REFERENCES campaign(id) ON DELETE CASCADE;
alter table entry_file add constraint entry_file_campaign_id_fkey FOREIGN KEY (campaign_id) REFERENCES campaign(id) ON DELETE CASCADE;
alter table entry_file_row add constraint entry_file_row_file_id_fkey FOREIGN KEY (file_id) REFERENCES entry_file(id) ON DELETE CASCADE;
alter table event_subscription add constraint event_subscription_endpoint_id_fkey FOREIGN KEY (endpoint_id) REFERENCES webhook_endpoint(id) ON DELETE CASCADE;
alter table experiment add constraint experiment_campaign_id_fkey FOREIGN KEY (campaign_id) REFERENCES campaign(id);
alter table experiment_choice add constraint experiment_choice_experiment_id_fkey FOREIGN KEY (experiment_id) REFERENCES experiment(id);
alter table experiment_drop add constraint experiment_drop_experiment_id_fkey FOREIGN KEY (experiment_id) REFERENCES experiment(id);
alter table experiment_override add constraint experiment_override_experiment_id_fkey FOREIGN KEY (experiment_id) REFERENCES experiment(id);
alter table experiment_plan add constraint experiment_plan_experiment_id_fkey FOREIGN KEY (experiment_id) REFERENCES experiment(id);
alter table experiment_verdict add constraint experiment_verdict_experiment_id_fkey FOREIGN KEY (experiment_id) REFERENCES experiment_plan(experiment_id);
alter table feature_asker add constraint feature_asker_feature_id_fkey FOREIGN KEY (feature_id) REFERENCES feature(id);
alter table feature_campaign add constraint feature_campaign_feature_id_fkey FOREIGN KEY (feature_id) REFERENCES feature(id);
alter table feature_request add constraint feature_request_feature_id_fkey FOREIGN KEY (feature_id) REFERENCES feature(id);
alter table holdout_person add constraint holdout_person_holdout_id_fkey FOREIGN KEY (holdout_id) REFERENCES holdout(id);
alter table launch add constraint launch_campaign_id_fkey FOREIGN KEY (campaign_id) REFERENCES campaign(id);
alter table login_step add constraint login_step_user_id_fkey FOREIGN KEY (user_id) REFERENCES app_user(id) ON DELETE CASCADE;
alter table one_time_link add constraint one_time_link_user_id_fkey FOREIGN KEY (user_id) REFERENCES app_user(id) ON DELETE CASCADE;
alter table outgoing_event add constraint outgoing_event_endpoint_id_fkey FOREIGN KEY (endpoint_id) REFERENCES webhook_endpoint(id) ON DELETE CASCADE;
alter table provider_secret add constraint provider_secret_connection_id_fkey FOREIGN KEY (connection_id) REFERENCES provider_connection(id) ON DELETE CASCADE;
alter table recovery_code add constraint recovery_code_user_id_fkey FOREIGN KEY (user_id) REFERENCES app_user(id) ON DELETE CASCADE;
alter table second_factor add constraint second_factor_user_id_fkey FOREIGN KEY (user_id) REFERENCES app_user(id) ON DELETE CASCADE;
alter table service_level add constraint service_level_campaign_id_fkey FOREIGN KEY (campaign_id) REFERENCES campaign(id) ON DELETE CASCADE;
alter table service_level_cell add constraint service_level_cell_campaign_id_fkey FOREIGN KEY (campaign_id) REFERENCES campaign(id) ON DELETE CASCADE;
alter table session add constraint session_user_id_fkey FOREIGN KEY (user_id) REFERENCES app_user(id) ON DELETE CASCADE;
alter table simulation add constraint simulation_campaign_id_fkey FOREIGN KEY (campaign_id) REFERENCES campaign(id) ON DELETE CASCADE;
alter table simulation_person add constraint simulation_person_simulation_id_fkey FOREIGN KEY (simulation_id) REFERENCES simulation(id) ON DELETE CASCADE;
alter table source_delivery add constraint source_delivery_source_id_fkey FOREIGN KEY (source_id) REFERENCES source(id) ON DELETE CASCADE;
alter table source_pull add constraint source_pull_source_id_fkey FOREIGN KEY (source_id) REFERENCES source(id) ON DELETE CASCADE;
alter table source_pull_run add constraint source_pull_run_source_id_fkey FOREIGN KEY (source_id) REFERENCES source(id) ON DELETE CASCADE;
alter table source_secret add constraint source_secret_source_id_fkey FOREIGN KEY (source_id) REFERENCES source(id) ON DELETE CASCADE;
alter table test_then_send add constraint test_then_send_campaign_id_fkey FOREIGN KEY (campaign_id) REFERENCES campaign(id);
alter table test_then_send add constraint test_then_send_experiment_id_fkey FOREIGN KEY (experiment_id) REFERENCES experiment(id);
alter table test_then_send add constraint test_then_send_test_launch_id_fkey FOREIGN KEY (test_launch_id) REFERENCES launch(id);
alter table version_migration add constraint version_migration_campaign_id_fkey FOREIGN KEY (campaign_id) REFERENCES campaign(id);
alter table version_migration add constraint version_migration_version_id_fkey FOREIGN KEY (version_id) REFERENCES campaign_version(id);
alter table webhook_secret add constraint webhook_secret_endpoint_id_fkey FOREIGN KEY (endpoint_id) REFERENCES webhook_endpoint(id);

-- Indexes

CREATE INDEX alarm_notice_due ON public.alarm_notice USING btree (try_at) WHERE (state = ANY (ARRAY['waiting'::text, 'sending'::text]));
CREATE INDEX alarm_notice_target ON public.alarm_notice USING btree (target_id, id);
CREATE UNIQUE INDEX alarm_open ON public.alarm USING btree (key) WHERE (closed_at IS NULL);
CREATE UNIQUE INDEX alarm_target_once ON public.alarm_target USING btree (COALESCE((endpoint_id)::text, lower(email)));
CREATE INDEX anomaly_note_campaign ON public.anomaly_note USING btree (campaign_id, id);
CREATE UNIQUE INDEX anomaly_note_open ON public.anomaly_note USING btree (campaign_id) WHERE (closed_at IS NULL);
CREATE UNIQUE INDEX app_user_email ON public.app_user USING btree (lower(email));
CREATE INDEX assignment_control ON public.assignment USING btree (campaign_id, assigned_at) WHERE is_control;
CREATE INDEX assignment_override ON public.assignment USING btree (experiment_id, person_id) WHERE (source = 'override'::text);
CREATE INDEX assignment_person ON public.assignment USING btree (person_id);
CREATE INDEX audit_entry_actor ON public.audit_entry USING btree (actor, id);
CREATE INDEX audit_entry_at ON public.audit_entry USING btree (at);
CREATE INDEX audit_entry_kind ON public.audit_entry USING btree (split_part(action, '.'::text, 1), id);
CREATE INDEX audit_entry_subject ON public.audit_entry USING btree (subject, id);
CREATE INDEX campaign_approval_campaign ON public.campaign_approval USING btree (campaign_id, requested_at DESC);
CREATE UNIQUE INDEX campaign_approval_open ON public.campaign_approval USING btree (campaign_id) WHERE (state = 'requested'::text);
CREATE INDEX campaign_closing ON public.campaign USING btree (state_at) WHERE closing;
CREATE INDEX campaign_created ON public.campaign USING btree (created_at, id);
CREATE INDEX campaign_live_auto ON public.campaign USING btree (id) WHERE ((type = 'auto_message'::text) AND (state = 'active'::text));
CREATE INDEX canary_check_person ON public.canary_check USING btree (person_id);
CREATE UNIQUE INDEX canary_note_open ON public.canary_note USING btree (campaign_id, person_id) WHERE (closed_at IS NULL);
CREATE INDEX canary_note_person ON public.canary_note USING btree (person_id);
CREATE INDEX consent_confirmation ON public.consent USING btree (COALESCE(confirmed_at, at), person_id) WHERE ((state = 'subscribed'::text) AND (confirmation_id IS NULL));
CREATE INDEX consent_confirming ON public.consent USING btree (confirmation_id) WHERE (confirmation_id IS NOT NULL);
CREATE INDEX consent_proof_listed ON public.consent_proof USING btree (recorded_at, id);
CREATE INDEX consent_proof_person ON public.consent_proof USING btree (person_id, at, id);
CREATE INDEX consent_request_delivery ON public.consent_request USING btree (delivery_id);
CREATE INDEX consent_request_expires ON public.consent_request USING btree (expires_at);
CREATE INDEX consent_topic ON public.consent USING btree (channel, topic, state);
CREATE INDEX decision_campaign ON ONLY public.decision USING btree (campaign_id, step_id, code);
CREATE INDEX decision_holdout ON ONLY public.decision USING btree (campaign_id, at) WHERE (code = 'HOLDOUT'::text);
CREATE INDEX decision_person ON ONLY public.decision USING btree (person_id, campaign_id, at);
CREATE INDEX delivery_campaign ON public.delivery USING btree (campaign_id, version_id, step_id, variant, state);
CREATE INDEX delivery_campaign_listed ON public.delivery USING btree (campaign_id, queued_at, id);
CREATE INDEX delivery_channel_listed ON public.delivery USING btree (channel, queued_at, id);
CREATE INDEX delivery_due ON public.delivery USING btree (channel, campaign_id, due_at, id) WHERE (state = 'queued'::text);
CREATE INDEX delivery_endpoint_dead ON public.delivery USING btree (endpoint_id, settled_at, id) WHERE ((state = ANY (ARRAY['failed'::text, 'uncertain'::text])) AND (endpoint_id IS NOT NULL));
CREATE INDEX delivery_endpoint_due ON public.delivery USING btree (endpoint_id, campaign_id, due_at, id) WHERE ((state = 'queued'::text) AND (endpoint_id IS NOT NULL));
CREATE INDEX delivery_endpoint_listed ON public.delivery USING btree (endpoint_id, queued_at, id) WHERE (endpoint_id IS NOT NULL);
CREATE INDEX delivery_event_address ON ONLY public.delivery_event USING btree (((evidence ->> 'address'::text)), at) WHERE ((kind = 'click'::text) AND (evidence ? 'address'::text));
CREATE INDEX delivery_event_honeypot ON ONLY public.delivery_event USING btree (at) WHERE (kind = 'honeypot'::text);
CREATE INDEX delivery_event_human ON ONLY public.delivery_event USING btree (kind, at) WHERE ((verdict = 'human'::text) AND (kind = ANY (ARRAY['open'::text, 'click'::text])));
CREATE INDEX delivery_event_person ON ONLY public.delivery_event USING btree (person_id, at);
CREATE INDEX delivery_event_tracked ON ONLY public.delivery_event USING btree (at, delivery_id) WHERE (kind = ANY (ARRAY['open'::text, 'click'::text]));
CREATE INDEX delivery_judged ON public.delivery USING btree (campaign_id, settled_at) WHERE ((channel = 'email'::text) AND (attempts > 0) AND (settled_at IS NOT NULL));
CREATE INDEX delivery_leased ON public.delivery USING btree (lease_until) WHERE (state = 'sending'::text);
CREATE INDEX delivery_listed ON public.delivery USING btree (queued_at, id);
CREATE INDEX delivery_person ON public.delivery USING btree (person_id, queued_at);
CREATE INDEX delivery_reason_listed ON public.delivery USING btree (reason, queued_at, id) WHERE (reason IS NOT NULL);
CREATE INDEX delivery_received ON public.delivery USING btree (campaign_id, (
CASE
    WHEN (channel = 'in_app'::text) THEN settled_at
    ELSE sent_at
END)) WHERE ((NOT is_control) AND ((state = 'delivered'::text) OR ((channel = 'email'::text) AND (state = 'sent'::text))));
CREATE INDEX delivery_rung ON public.delivery USING btree (fallback_of) WHERE (rung_unless IS NOT NULL);
CREATE INDEX delivery_state_listed ON public.delivery USING btree (state, queued_at, id) WHERE (state <> ALL (ARRAY['queued'::text, 'sending'::text]));
CREATE INDEX delivery_waiting ON public.delivery USING btree (reason, person_id, id) WHERE ((state = 'queued'::text) AND (reason = ANY (ARRAY['QUIET_HOURS_DEFERRED'::text, 'CAP_DEFERRED'::text])));
CREATE INDEX digest_send_open ON public.digest_send USING btree (try_at) WHERE (state = ANY (ARRAY['waiting'::text, 'sending'::text]));
CREATE INDEX digest_setting_due ON public.digest_setting USING btree (next_at);
CREATE INDEX display_claim_campaign ON public.display_claim USING btree (campaign_id, lease_until) WHERE (state = ANY (ARRAY['open'::text, 'waiting'::text]));
CREATE INDEX display_claim_created ON public.display_claim USING btree (created_at);
CREATE INDEX display_claim_delivery ON public.display_claim USING btree (delivery_id);
CREATE INDEX display_claim_ended ON public.display_claim USING btree (created_at) WHERE (state = ANY (ARRAY['back'::text, 'lapsed'::text, 'recalled'::text]));
CREATE INDEX display_claim_lease ON public.display_claim USING btree (lease_until) WHERE (state = ANY (ARRAY['open'::text, 'waiting'::text]));
CREATE UNIQUE INDEX display_claim_open ON public.display_claim USING btree (person_id, class) WHERE (state = 'open'::text);
CREATE INDEX display_claim_person ON public.display_claim USING btree (person_id, state);
CREATE UNIQUE INDEX dkim_key_state ON public.dkim_key USING btree (domain_id, state) WHERE (state <> 'retired'::text);
CREATE INDEX draft_override_person ON public.draft_override USING btree (person_id);
CREATE UNIQUE INDEX enrollment_active ON public.enrollment USING btree (campaign_id, person_id, entry_key) WHERE (state = 'active'::text);
CREATE INDEX enrollment_due ON public.enrollment USING btree (campaign_id, due_at, id) WHERE ((state = 'active'::text) AND (due_at IS NOT NULL));
CREATE INDEX enrollment_person ON public.enrollment USING btree (person_id, campaign_id, entered_at);
CREATE INDEX enrollment_version ON public.enrollment USING btree (version_id, step_id) WHERE (state = 'active'::text);
CREATE INDEX erased_person_hashes ON public.erased_person USING gin (identity_hashes);
CREATE INDEX event_name_time ON ONLY public.event USING btree (name, occurred_at, person_id);
CREATE INDEX event_person_name ON ONLY public.event USING btree (person_id, name, occurred_at);
CREATE INDEX event_receipt_received ON public.event_receipt USING brin (received_at);
CREATE INDEX event_received ON ONLY public.event USING brin (received_at) WITH (pages_per_range='32', autosummarize='on');
CREATE INDEX event_rejected_at ON public.event_rejected USING btree (at);
CREATE INDEX experiment_campaign ON public.experiment USING btree (campaign_id);
CREATE UNIQUE INDEX experiment_choice_active ON public.experiment_choice USING btree (experiment_id) WHERE (ended_at IS NULL);
CREATE INDEX experiment_choice_history ON public.experiment_choice USING btree (experiment_id, since);
CREATE UNIQUE INDEX experiment_override_open ON public.experiment_override USING btree (experiment_id, person_id) WHERE (ended_at IS NULL);
CREATE INDEX experiment_override_person ON public.experiment_override USING btree (person_id);
CREATE INDEX experiment_plan_campaign ON public.experiment_plan USING btree (campaign_id);
CREATE INDEX experiment_verdict_due ON public.experiment_verdict USING btree (due_at) WHERE (due_at IS NOT NULL);
CREATE INDEX experiment_verdict_winner ON public.experiment_verdict USING btree (experiment_id) WHERE (state = 'winner'::text);
CREATE INDEX feature_asker_feature ON public.feature_asker USING btree (feature_id, asked_at, person_id);
CREATE INDEX feature_asker_untold ON public.feature_asker USING btree (feature_id) WHERE ((told_by IS NULL) AND (refused_by IS NULL));
CREATE INDEX feature_campaign_feature ON public.feature_campaign USING btree (feature_id);
CREATE UNIQUE INDEX feature_key ON public.feature USING btree (key) WHERE (archived_at IS NULL);
CREATE INDEX feature_request_feature ON public.feature_request USING btree (feature_id, asked_at, id);
CREATE UNIQUE INDEX feature_request_once ON public.feature_request USING btree (person_id, feature_id, source, source_ref) WHERE (source_ref IS NOT NULL);
CREATE UNIQUE INDEX feature_tag ON public.feature USING btree (tag) WHERE ((archived_at IS NULL) AND (tag IS NOT NULL));
CREATE INDEX holdout_person_at ON public.holdout_person USING btree (holdout_id, at);
CREATE INDEX holdout_person_person ON public.holdout_person USING btree (person_id);
CREATE INDEX import_run_open ON public.import_run USING btree (created_at) WHERE (state = ANY (ARRAY['queued'::text, 'running'::text]));
CREATE INDEX in_app_message_expiring ON public.in_app_message USING btree (expires_at) WHERE ((expires_at IS NOT NULL) AND (seen_at IS NULL) AND (recalled_at IS NULL) AND (expired_at IS NULL));
CREATE INDEX in_app_message_person ON public.in_app_message USING btree (person_id, created_at);
CREATE INDEX inbound_event_deliveries ON public.inbound_event USING gin (delivery_ids);
CREATE INDEX inbound_event_full ON public.inbound_event USING btree (settled_at) WHERE ((state = ANY (ARRAY['applied'::text, 'ignored'::text])) AND (octet_length(body) > 0));
CREATE INDEX inbound_event_listed ON public.inbound_event USING btree (received_at, id);
CREATE INDEX inbound_event_pending ON public.inbound_event USING btree (next_at, id) WHERE (state = 'pending'::text);
CREATE INDEX inbound_event_state ON public.inbound_event USING btree (state, received_at, id) WHERE (state = ANY (ARRAY['review'::text, 'failed'::text]));
CREATE INDEX launch_due ON public.launch USING btree (due_at) WHERE (state = ANY (ARRAY['waiting'::text, 'running'::text]));
CREATE INDEX launch_person_person ON public.launch_person USING btree (person_id);
CREATE INDEX list_member_person ON public.list_member USING btree (person_id);
CREATE UNIQUE INDEX list_name ON public.list USING btree (lower(name)) WHERE (archived_at IS NULL);
CREATE INDEX login_failure_since ON public.login_failure USING btree (since);
CREATE INDEX login_step_expiry ON public.login_step USING btree (expires_at);
CREATE INDEX membership_change_time ON public.membership_change USING btree (segment_id, at);
CREATE INDEX message_answer_campaign ON public.message_answer USING btree (campaign_id, at, delivery_id);
CREATE INDEX message_answer_person ON public.message_answer USING btree (person_id);
CREATE UNIQUE INDEX message_content_place ON public.message_content USING btree (version_id, step_id, variant, channel, language);
CREATE INDEX one_time_link_user_id ON public.one_time_link USING btree (user_id);
CREATE INDEX outgoing_event_age ON public.outgoing_event USING btree (settled_at) WHERE (state <> 'waiting'::text);
CREATE INDEX outgoing_event_dead ON public.outgoing_event USING btree (endpoint_id, made_at DESC, id DESC) WHERE (state = 'dead'::text);
CREATE INDEX outgoing_event_due ON public.outgoing_event USING btree (endpoint_id, due_at, id) WHERE (state = 'waiting'::text);
CREATE INDEX outgoing_event_list ON public.outgoing_event USING btree (endpoint_id, made_at DESC, id DESC);
CREATE INDEX outgoing_event_person ON public.outgoing_event USING btree (person_id);
CREATE INDEX person_created ON public.person USING btree (created_at, id);
CREATE INDEX person_date_at ON public.person_date USING btree (key, at, person_id);
CREATE INDEX person_date_month_day ON public.person_date USING btree (key, segment_month_day((at AT TIME ZONE 'UTC'::text)));
CREATE INDEX person_email ON public.person USING btree (lower(email) text_pattern_ops) WHERE (email IS NOT NULL);
CREATE INDEX person_first_seen ON public.person USING btree (first_seen_at, id);
CREATE INDEX person_identity_person ON public.person_identity USING btree (person_id);
CREATE INDEX person_identity_start ON public.person_identity USING btree (lower(value) text_pattern_ops) WHERE (kind = 'user_id'::text);
CREATE INDEX person_last_seen ON public.person USING btree (last_seen_at, id);
CREATE INDEX person_merge_into ON public.person_merge USING btree (into_id);
CREATE INDEX person_name_grams ON public.person_name USING gin (name_grams(name, 1));
CREATE INDEX person_news_person ON public.person_news USING btree (person_id, xid);
CREATE INDEX person_news_xid ON public.person_news USING btree (xid);
CREATE INDEX person_sample ON public.person USING btree (SUBSTRING(uuid_send(id) FROM 12)) WHERE (get_byte(uuid_send(id), 15) < 64);
CREATE INDEX person_signed_up ON public.person USING btree (signed_up_at, id) WHERE (signed_up_at IS NOT NULL);
CREATE INDEX person_tag_tag ON public.person_tag USING btree (tag, person_id);
CREATE INDEX person_time_zone ON public.person USING btree (time_zone);
CREATE INDEX provider_connection_listed ON public.provider_connection USING btree (created_at, id);
CREATE INDEX provider_token_seen ON public.provider_token USING btree (seen_at);
CREATE INDEX result_cell_bucket ON public.result_cell USING btree (bucket) WHERE (bucket IS NOT NULL);
CREATE INDEX result_cell_totals ON public.result_cell USING btree (campaign_id) WHERE (bucket IS NULL);
CREATE INDEX result_check_campaign ON public.result_check USING btree (campaign_id, at);
CREATE INDEX result_check_listed ON public.result_check USING btree (at, id);
CREATE INDEX result_goals_check ON public.result_goals USING btree (check_from);
CREATE INDEX result_goals_going ON public.result_goals USING btree (started_at) WHERE (cursor IS NOT NULL);
CREATE INDEX result_mark_campaign ON public.result_mark USING btree (campaign_id);
CREATE INDEX result_mark_folded ON public.result_mark USING btree (id) WHERE folded;
CREATE INDEX result_person_due ON public.result_person USING btree (next_at) WHERE (next_at IS NOT NULL);
CREATE INDEX result_person_entered ON public.result_person USING btree (campaign_id, entered_at);
CREATE INDEX result_person_person ON public.result_person USING btree (person_id);
CREATE INDEX result_reads_campaign ON public.result_reads USING btree (campaign_id);
CREATE INDEX result_tested_assigned ON public.result_tested USING btree (experiment_id, variant, eligible, assigned_at);
CREATE INDEX result_tested_goal_assigned ON public.result_tested_goal USING btree (experiment_id, goal, assigned_at);
CREATE INDEX sandbox_mail_received ON public.sandbox_mail USING btree (received_at, id);
CREATE UNIQUE INDEX saved_reply_name ON public.saved_reply USING btree (lower(name));
CREATE UNIQUE INDEX secret_key_active ON public.secret_key USING btree ((true)) WHERE (state = 'active'::text);
CREATE INDEX segment_build_member_person ON public.segment_build_member USING btree (person_id);
CREATE INDEX segment_created ON public.segment USING btree (created_at, id) WHERE (purpose = 'shared'::text);
CREATE INDEX segment_member_person ON public.segment_member USING btree (person_id, segment_id);
CREATE UNIQUE INDEX segment_name ON public.segment USING btree (lower(name)) WHERE ((purpose = 'shared'::text) AND (state <> 'archived'::text));
CREATE INDEX segment_owner ON public.segment USING btree (owner_id) WHERE (owner_id IS NOT NULL);
CREATE UNIQUE INDEX sending_domain_default ON public.sending_domain USING btree (is_default) WHERE is_default;
CREATE INDEX service_level_cell_age ON public.service_level_cell USING btree (at);
CREATE UNIQUE INDEX service_level_standard ON public.service_level USING btree ((true)) WHERE (campaign_id IS NULL);
CREATE INDEX session_user_id ON public.session USING btree (user_id);
CREATE INDEX simulation_listed ON public.simulation USING btree (campaign_id, created_at, id);
CREATE INDEX simulation_open ON public.simulation USING btree (created_at, id) WHERE (state = ANY (ARRAY['waiting'::text, 'running'::text]));
CREATE INDEX simulation_over ON public.simulation USING btree (finished_at) WHERE (finished_at IS NOT NULL);
CREATE INDEX simulation_person_person ON public.simulation_person USING btree (person_id);
CREATE INDEX source_delivery_age ON public.source_delivery USING btree (received_at);
CREATE INDEX source_delivery_handles ON public.source_delivery USING gin (handles);
CREATE INDEX source_delivery_list ON public.source_delivery USING btree (source_id, received_at DESC, id DESC);
CREATE UNIQUE INDEX source_delivery_once ON public.source_delivery USING btree (source_id, dedupe) WHERE (dedupe IS NOT NULL);
CREATE INDEX source_delivery_waiting ON public.source_delivery USING btree (received_at) WHERE (state = 'waiting'::text);
CREATE INDEX source_pull_due ON public.source_pull USING btree (next_at);
CREATE INDEX source_secret_source ON public.source_secret USING btree (source_id);
CREATE INDEX step_visit_version ON public.step_visit USING btree (version_id, step_id);
CREATE INDEX test_then_send_open ON public.test_then_send USING btree (decide_at) WHERE (state = ANY (ARRAY['testing'::text, 'waiting'::text]));
CREATE INDEX verdict_evaluation_at ON public.verdict_evaluation USING btree (at);
CREATE INDEX verdict_evaluation_experiment ON public.verdict_evaluation USING btree (experiment_id, id);
CREATE INDEX verdict_review_listed ON public.verdict_review USING btree (requested_at, id);
CREATE INDEX verdict_review_waiting ON public.verdict_review USING btree (requested_at, id) WHERE (state = 'waiting'::text);
CREATE INDEX version_migration_campaign ON public.version_migration USING btree (campaign_id, started_at);
CREATE UNIQUE INDEX version_migration_running ON public.version_migration USING btree (campaign_id) WHERE (state = 'running'::text);
CREATE INDEX webhook_attempt_at ON public.webhook_attempt USING btree (at);
CREATE INDEX webhook_attempt_delivery ON public.webhook_attempt USING btree (delivery_id, at) WHERE (delivery_id IS NOT NULL);
CREATE INDEX webhook_attempt_endpoint ON public.webhook_attempt USING btree (endpoint_id, at, id);
CREATE INDEX webhook_secret_endpoint ON public.webhook_secret USING btree (endpoint_id, id);

-- Views

create view analytics.assignment as
 SELECT experiment_id,
    campaign_id,
    person_id,
    variant,
    is_control,
    source,
    assigned_at
   FROM assignment x;
create view analytics.campaign as
 SELECT id,
    type,
    name,
    state,
    created_at,
    state_at,
    current_version_id
   FROM campaign x;
create view analytics.campaign_version as
 SELECT id,
    campaign_id,
    number,
    published_at
   FROM campaign_version x;
create view analytics.conversion as
 SELECT x.campaign_id,
    x.person_id,
    c.version_id,
    c.step_id,
    c.experiment_id,
    c.variant,
    g.goal,
    g.id AS goal_id,
    bool_or((c.further = 'converted'::text)) AS is_converted,
    bool_or((c.further = 'matured'::text)) AS is_matured,
    max(u.amount) FILTER (WHERE ((c.further = 'converted'::text) AND (c.bucket IS NULL))) AS value,
    min(c.bucket) FILTER (WHERE (c.further = 'converted'::text)) AS converted_quarter
   FROM (((result_person x
     CROSS JOIN LATERAL UNNEST(x.cells, x.counts, x.amounts) u(cell, n, amount))
     JOIN result_cell c ON (((c.id = u.cell) AND (c.measure = 'goal'::text))))
     JOIN result_goal g ON (((g.campaign_id = x.campaign_id) AND (g.id = c.detail))))
  GROUP BY x.campaign_id, x.person_id, c.version_id, c.step_id, c.experiment_id, c.variant, g.goal, g.id;
create view analytics.decision as
 SELECT id,
    person_id,
    campaign_id,
    version_id,
    step_id,
    enrollment_id AS run_id,
    delivery_id,
    variant,
    stage,
    code,
    at,
    next_check_at
   FROM decision x;
create view analytics.delivery as
 SELECT x.id,
    x.enrollment_id AS run_id,
    x.person_id,
    x.campaign_id,
    x.version_id,
    x.step_id,
    x.experiment_id,
    x.variant,
    x.is_control,
    x.channel,
    x.language,
    x.topic,
    x.state,
    x.reason,
    (x.state = ANY (ARRAY['sent'::text, 'delivered'::text, 'bounced'::text])) AS is_sent,
    ((x.state = 'delivered'::text) OR ((x.state = 'sent'::text) AND (x.channel <> 'in_app'::text))) AS is_delivered,
    lower("substring"(x.address, '@([^@]+)$'::text)) AS email_domain,
    COALESCE(y.name, x.relay) AS relay,
    x.refusal,
    x.attempts,
    x.queued_at,
    x.sent_at,
    x.settled_at,
    r.opened,
    r.open_at AS opened_at,
    r.clicked,
    r.click_at AS clicked_at,
    r.impression_at,
    r.dwell_ms,
    r.dismissed_at,
    r.replied_at,
    r.unsubscribed_at,
    r.complained_at,
    r.bounced_at
   FROM ((delivery x
     LEFT JOIN relay y ON (((y.id)::text = x.relay)))
     LEFT JOIN LATERAL ( SELECT
                CASE min(
                    CASE e.verdict
                        WHEN 'human'::text THEN 0
                        WHEN 'unknown'::text THEN 1
                        ELSE 2
                    END) FILTER (WHERE (e.kind = 'open'::text))
                    WHEN 0 THEN 'human'::text
                    WHEN 1 THEN 'unknown'::text
                    WHEN 2 THEN 'machine'::text
                    ELSE NULL::text
                END AS opened,
            min(e.at) FILTER (WHERE (e.kind = 'open'::text)) AS open_at,
                CASE min(
                    CASE e.verdict
                        WHEN 'human'::text THEN 0
                        WHEN 'unknown'::text THEN 1
                        ELSE 2
                    END) FILTER (WHERE (e.kind = 'click'::text))
                    WHEN 0 THEN 'human'::text
                    WHEN 1 THEN 'unknown'::text
                    WHEN 2 THEN 'machine'::text
                    ELSE NULL::text
                END AS clicked,
            min(e.at) FILTER (WHERE (e.kind = 'click'::text)) AS click_at,
            min(e.at) FILTER (WHERE (e.kind = 'impression'::text)) AS impression_at,
            min(e.at) FILTER (WHERE (e.kind = 'dismiss'::text)) AS dismissed_at,
            min(e.at) FILTER (WHERE (e.kind = 'reply'::text)) AS replied_at,
            min(e.at) FILTER (WHERE (e.kind = 'unsubscribe'::text)) AS unsubscribed_at,
            min(e.at) FILTER (WHERE (e.kind = 'complaint'::text)) AS complained_at,
            min(e.at) FILTER (WHERE (e.kind = 'bounce'::text)) AS bounced_at,
            min(((e.data ->> 'dwell'::text))::double precision) FILTER (WHERE ((e.kind = 'impression'::text) AND (jsonb_typeof((e.data -> 'dwell'::text)) = 'number'::text))) AS dwell_ms
           FROM delivery_event e
          WHERE ((e.delivery_id = x.id) AND (e.person_id = x.person_id))) r ON (true));
create view analytics.evaluation as
 SELECT id,
    experiment_id,
    campaign_id,
    at,
    result
   FROM verdict_evaluation x;
create view analytics.experiment as
 SELECT id,
    campaign_id,
    step_id,
    version_id,
    origin,
    created_at
   FROM experiment x;
create view analytics.experiment_arm as
 SELECT x.id AS experiment_id,
    (a.value ->> 'key'::text) AS variant,
    ((a.value ->> 'basisPoints'::text))::integer AS basis_points,
    ((a.value ->> 'isControl'::text))::boolean AS is_control
   FROM (experiment x
     CROSS JOIN LATERAL jsonb_array_elements(x.arms) a(value));
create view analytics.goal as
 SELECT x.id AS version_id,
    x.campaign_id,
    (g.value ->> 'key'::text) AS goal,
    (g.value ->> 'name'::text) AS name,
    COALESCE(((g.value ->> 'primary'::text))::boolean, false) AS is_primary,
    (g.value #>> '{event,name}'::text[]) AS event,
    (g.value #>> '{value,currency}'::text[]) AS currency
   FROM (campaign_version x
     CROSS JOIN LATERAL jsonb_array_elements((x.definition -> 'goals'::text)) g(value));
create view analytics.person as
 SELECT id,
    kind,
    time_zone,
    language,
    signed_up_at,
    first_seen_at,
    last_seen_at
   FROM person x;
create view analytics.reaction as
 SELECT delivery_id,
    person_id,
    kind,
    verdict,
    at
   FROM delivery_event x;
create view analytics.result_cell as
 SELECT x.campaign_id,
    x.measure,
    x.version_id,
    x.step_id,
    x.experiment_id,
    x.variant,
    x.channel,
    x.language,
    x.detail,
    g.goal,
    x.further,
    x.bucket AS quarter,
    x.count,
    x.amount
   FROM (result_cell x
     LEFT JOIN result_goal g ON (((g.campaign_id = x.campaign_id) AND (g.id = x.detail))))
  WHERE ((x.count <> 0) OR (x.amount <> (0)::numeric));
create view analytics.run as
 SELECT id,
    person_id,
    campaign_id,
    version_id,
    state,
    exit_code,
    step_id,
    entered_at,
    left_at,
    due_at
   FROM enrollment x;
create view analytics.segment as
 SELECT id,
    name,
    state,
    member_count AS members
   FROM segment x
  WHERE (purpose = 'shared'::text);
create view analytics.segment_member as
 SELECT x.segment_id,
    x.person_id,
    x.since
   FROM (segment_member x
     JOIN segment s ON (((s.id = x.segment_id) AND (s.purpose = 'shared'::text))));
create view analytics.step as
 SELECT x.id AS version_id,
    x.campaign_id,
    s.key AS step_id,
    (s.value ->> 'type'::text) AS type,
    (s.value ->> 'channel'::text) AS channel,
    (s.value ->> 'topic'::text) AS topic
   FROM (campaign_version x
     CROSS JOIN LATERAL jsonb_each((x.definition -> 'steps'::text)) s(key, value));
create view analytics.step_visit as
 SELECT enrollment_id AS run_id,
    person_id,
    campaign_id,
    version_id,
    step_id,
    arrived_at,
    left_at,
    outcome
   FROM step_visit x;
create view analytics.survey_answer as
 SELECT delivery_id,
    person_id,
    campaign_id,
    version_id,
    step_id,
    variant,
    kind,
    score,
    choices,
    (text IS NOT NULL) AS has_text,
    at AS answered_at
   FROM message_answer x;
create view analytics.test_plan as
 SELECT experiment_id,
    campaign_id,
    (goal ->> 'key'::text) AS goal,
    measure,
    direction,
    mode,
    alpha_early,
    alpha_final,
    planned_people,
    readout_at,
    min_effect
   FROM experiment_plan x;
create view analytics.verdict as
 SELECT experiment_id,
    campaign_id,
    state,
    winner,
    ((memory #>> '{verdict,at}'::text[]))::timestamp with time zone AS decided_at,
    evaluated_at
   FROM experiment_verdict x;

-- Triggers

CREATE TRIGGER result_deleted AFTER DELETE ON public.assignment REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION result_mark_old();
CREATE TRIGGER result_inserted AFTER INSERT ON public.assignment REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION result_mark_new_assignment();
CREATE TRIGGER result_updated AFTER UPDATE ON public.assignment REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION result_mark_assignment();
CREATE TRIGGER campaign_version_immutable BEFORE DELETE OR UPDATE ON public.campaign_version FOR EACH ROW EXECUTE FUNCTION refuse_version_change();
CREATE TRIGGER result_inserted AFTER INSERT ON public.campaign_version REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION result_mark_version();
CREATE TRIGGER consent_proof_kept BEFORE DELETE OR UPDATE ON public.consent_proof FOR EACH ROW EXECUTE FUNCTION consent_proof_kept();
CREATE TRIGGER outgoing_inserted AFTER INSERT ON public.decision REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION outgoing_note_decision();
CREATE TRIGGER result_deleted AFTER DELETE ON public.decision REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION result_mark_old();
CREATE TRIGGER result_inserted AFTER INSERT ON public.decision REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION result_mark_new_decision();
CREATE TRIGGER result_updated AFTER UPDATE ON public.decision REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION result_mark_decision();
CREATE TRIGGER outgoing_inserted AFTER INSERT ON public.delivery REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION outgoing_note_new_delivery();
CREATE TRIGGER outgoing_updated AFTER UPDATE ON public.delivery REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION outgoing_note_delivery();
CREATE TRIGGER result_deleted AFTER DELETE ON public.delivery REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION result_mark_old();
CREATE TRIGGER result_inserted AFTER INSERT ON public.delivery REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION result_mark_new_delivery();
CREATE TRIGGER result_updated AFTER UPDATE ON public.delivery REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION result_mark_delivery();
CREATE TRIGGER outgoing_inserted AFTER INSERT ON public.delivery_event REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION outgoing_note_reaction();
CREATE TRIGGER result_deleted AFTER DELETE ON public.delivery_event REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION result_mark_reactions();
CREATE TRIGGER result_inserted AFTER INSERT ON public.delivery_event REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION result_mark_reactions();
CREATE TRIGGER result_updated AFTER UPDATE ON public.delivery_event REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION result_mark_reactions();
CREATE TRIGGER result_deleted AFTER DELETE ON public.enrollment REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION result_mark_old();
CREATE TRIGGER result_inserted AFTER INSERT ON public.enrollment REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION result_mark_new_enrollment();
CREATE TRIGGER result_updated AFTER UPDATE ON public.enrollment REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION result_mark_enrollment();
CREATE TRIGGER experiment_plan_fixed BEFORE DELETE OR UPDATE OF experiment_id, campaign_id, goal, measure, direction, mode, alpha_early, alpha_final, planned_people, readout_at, min_effect, min_days, weights, caps ON public.experiment_plan FOR EACH ROW EXECUTE FUNCTION refuse_plan_change();
CREATE TRIGGER result_inserted AFTER INSERT ON public.membership_change REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION result_mark_flips();
CREATE TRIGGER person_named AFTER UPDATE OF attributes ON public.person FOR EACH ROW WHEN (((old.attributes IS DISTINCT FROM new.attributes) AND ((((old.attributes -> 'name'::text) IS DISTINCT FROM (new.attributes -> 'name'::text)) OR ((old.attributes -> 'firstName'::text) IS DISTINCT FROM (new.attributes -> 'firstName'::text))) OR ((old.attributes -> 'lastName'::text) IS DISTINCT FROM (new.attributes -> 'lastName'::text))))) EXECUTE FUNCTION person_named();
CREATE TRIGGER person_named_first AFTER INSERT ON public.person REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION person_named();
CREATE TRIGGER person_unnamed AFTER DELETE ON public.person REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION person_named();
CREATE TRIGGER result_inserted AFTER INSERT ON public.person_change REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION result_mark_news();
CREATE TRIGGER result_deleted AFTER DELETE ON public.step_visit REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION result_mark_old();
CREATE TRIGGER result_inserted AFTER INSERT ON public.step_visit REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION result_mark_new_step_visit();
CREATE TRIGGER result_updated AFTER UPDATE ON public.step_visit REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION result_mark_step_visit();
