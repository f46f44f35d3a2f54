import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * How a page view is read: where it was, what its query carried, on which kind of device. Every function is total: what
 * cannot be read is null, never an error. Addresses over 32 KiB, which no accepted event carries, cannot be read.
 */
export class PageFunctions1763800000006 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Reads percent-escapes that spell a character of UTF-8. Those of \`kept\` stay (in upper case), malformed ones as they are.
      create function page_decoded(value text, kept text[]) returns text language sql immutable parallel safe as $$
        select case when strpos(value, '%') = 0 then value else (
          select string_agg(case when m.part[1] is null then m.part[2] when upper(m.part[1]) = any(kept) then upper(m.part[1])
                                 else convert_from(decode(replace(m.part[1], '%', ''), 'hex'), 'UTF8') end, '' order by m.place)
            from regexp_matches(value, '(%(?:0[1-9A-F]|[1-7][0-9A-F]|(?:C[2-9A-F]|D[0-9A-F]|E0%[AB][0-9A-F]|(?:E[1-9A-CEF]|F0%[9AB][0-9A-F]|F[1-3]%[89AB][0-9A-F]|F4%8[0-9A-F])%[89AB][0-9A-F]|ED%[89][0-9A-F])%[89AB][0-9A-F]))|([^%]+|%)', 'gi') with ordinality as m (part, place)) end
      $$;

      -- An address as browsers read it: no tabs and line ends, nothing blank around it.
      create function page_address(given text) returns text language sql immutable parallel safe as $$
        select case when length(given) <= 32768 then btrim(translate(given, E'\\t\\n\\r', ''), E' \\x01\\x02\\x03\\x04\\x05\\x06\\x07\\x08\\x0b\\x0c\\x0e\\x0f\\x10\\x11\\x12\\x13\\x14\\x15\\x16\\x17\\x18\\x19\\x1a\\x1b\\x1c\\x1d\\x1e\\x1f') end
      $$;

      -- One label of an international host name in ASCII (RFC 3492, without the prefix).
      create function page_punycode(label text) returns text language plpgsql immutable strict parallel safe as $$
      declare
        points int[] := (select array_agg(ascii(c.one) order by c.place) from regexp_split_to_table(label, '') with ordinality as c (one, place));
        written text := regexp_replace(label, '[^\\x01-\\x7f]', '', 'g');
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
      end $$;

      -- A host in lower case and ASCII; null when it is none.
      create function page_host(given text) returns text language plpgsql immutable strict parallel safe as $$
      declare
        host text := lower(given);
      begin
        if host ~ '^\\[[0-9a-f:.]+\\]$' then return host; end if;
        if host ~ '[^\\x01-\\x7f]|%' then
          host := translate(normalize(lower(normalize(page_decoded(given, '{}'), NFKC)), NFKC), '。', '.');
          if length(host) > 253 or host ~ '[^.]{64}' then return null; end if;
          host := (select string_agg(case when l.label ~ '[^\\x01-\\x7f]' then 'xn--' || page_punycode(l.label) else l.label end, '.' order by l.place)
                     from unnest(string_to_array(host, '.')) with ordinality as l (label, place));
        end if;
        return case when host <> '' and length(host) <= 253 and host !~ '[\\x01-\\x20#/:<>?@\\[\\\\\\]^|%\\x7f]' then host end;
      end $$;

      -- A path with its escapes read and its dots followed, without the slashes at its end.
      create function page_path(given text) returns text language plpgsql immutable strict parallel safe as $$
      declare
        path text := page_decoded(given, '{%23,%25,%2F,%3F}');
        part text;
        parts text[] := '{}';
        depth int := 0;
      begin
        if path ~ '/\\.\\.?(/|$)' then
          foreach part in array (string_to_array(path, '/'))[2:] loop
            if part = '..' then depth := greatest(depth - 1, 0);
            elsif part <> '.' then depth := depth + 1; parts[depth] := part;
            end if;
          end loop;
          path := case when depth = 0 then '' else '/' || array_to_string(parts[1:depth], '/') end;
        end if;
        return rtrim(path, '/');
      end $$;

      -- Host and path of a page; only the path where no usable address is known. Fragments, ports and names of users are left out.
      create function page_location(url text, path text) returns text language plpgsql immutable parallel safe as $$
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
        found := regexp_match(address, '^(https?:[/\\\\]*|[a-z][a-z0-9+.-]*://)([^/\\\\?#]*)([^?#]*)', 'i');
        if found is not null then
          host := regexp_replace(found[2], '^.*@', '');
          port := substring(host from ':([0-9]*)$');
          if port is not null then host := left(host, -length(port) - 1); end if;
          host := case when port is null or (length(ltrim(port, '0')) <= 5 and ('0' || port)::numeric <= 65535) then page_host(host) end;
          if host is not null then return host || page_path(replace(found[3], '\\', '/')); end if;
        end if;
        address := substring(coalesce(nullif(page_address(path), ''), case when address ~ '^/([^/\\\\]|$)' then address end) from '^[^?#]*');
        return page_path(case when left(address, 1) in ('/', '\\', '') then '' else '/' end || replace(address, '\\', '/'));
      end $$;

      -- The query of a page as it was written, without its question mark.
      create function page_search(url text, search text) returns text language sql immutable parallel safe as $$
        select coalesce(substring(page_address(url) from '^[^?#]*[?]([^#]*)'), ltrim(page_address(search), '?'))
      $$;

      -- The parameters of a query, decoded, in their order.
      create function page_params(search text) returns table (key text, value text, place bigint) language sql immutable parallel safe as $$
        select page_decoded(replace(split_part(p.part, '=', 1), '+', ' '), '{}'),
               case when strpos(p.part, '=') = 0 then '' else page_decoded(replace(substr(p.part, strpos(p.part, '=') + 1), '+', ' '), '{}') end, p.place
          from string_to_table(search, '&') with ordinality as p (part, place) where p.part <> ''
      $$;

      -- source, medium, campaign, term or content: as the client said, else from the query.
      create function page_utm(part text, context jsonb, search text) returns text language sql immutable parallel safe as $$
        select coalesce(nullif(context #>> array['campaign', case part when 'campaign' then 'name' else part end], ''),
                        (select q.value from page_params(search) as q where q.key = 'utm_' || part and q.value <> '' order by q.place limit 1))
      $$;

      -- The click of an advertisement that led here.
      create function page_click(search text) returns text language sql immutable parallel safe as $$
        select q.key || '=' || q.value from page_params(search) as q where q.key in ('gclid', 'fbclid', 'msclkid', 'ttclid') and q.value <> '' order by q.place limit 1
      $$;

      -- mobile, tablet or desktop; null when the client told nothing of its device.
      create function page_device(context jsonb) returns text language sql immutable parallel safe as $$
        select case
          when k.kind in ('mobile', 'tablet', 'desktop') then k.kind
          when k.kind in ('ios', 'android') then case when concat_ws(' ', context #>> '{device,model}', context #>> '{device,name}', k.agent) ~* 'ipad|tablet' then 'tablet' else 'mobile' end
          when k.is_mobile = 'true' then 'mobile'
          when k.is_mobile = 'false' then case when lower(context #>> '{userAgentData,platform}') = 'android' then 'tablet' else 'desktop' end
          when k.agent ~* 'ipad|tablet(?! pc)' or (k.agent ~* 'android' and k.agent !~* 'mobi') then 'tablet'
          when k.agent ~* 'mobi' then 'mobile'
          when k.agent <> '' then 'desktop' end
          from (select lower(context #>> '{device,type}'), context #>> '{userAgentData,mobile}', context ->> 'userAgent') as k (kind, is_mobile, agent)
      $$;`);
  }

  async down(): Promise<void> {
    throw new Error('there is no way back from this schema; restore a backup');
  }
}
