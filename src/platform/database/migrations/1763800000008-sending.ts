import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Several relays with their health, rates and warm-up; what sending may be told; why a campaign was paused by itself. */
export class SendingTables1763800000008 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table relay (
        id uuid primary key,
        name text not null unique,
        host text not null,
        port int not null check (port > 0 and port < 65536),
        security text not null check (security in ('tls', 'starttls', 'none')),
        verify_certificate boolean not null,
        username text,
        password text,
        provider text not null check (provider in ('smtp', 'ses', 'sendgrid', 'mailgun', 'postmark')),
        configuration_set text,
        broadcast_stream text,
        transactional_stream text,
        connections int not null check (connections > 0),
        weight int not null check (weight > 0),
        priority int not null,
        send_rate double precision check (send_rate > 0),
        domain_rates jsonb not null,
        enabled boolean not null,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        check ((username is null) = (password is null)));
      comment on column relay.priority is 'lower is used first; the next is used when all before it are open';
      comment on column relay.send_rate is 'messages a second over all processes; null: as fast as it takes them';
      comment on column relay.domain_rates is 'messages a second by domain of the recipient; "*" is every other domain, each for itself';

      create table relay_health (
        relay_id text primary key,
        breaker text not null check (breaker in ('closed', 'open')),
        opened_at timestamptz,
        probe_at timestamptz,
        last_error text,
        last_error_at timestamptz,
        last_ok_at timestamptz);
      comment on table relay_health is 'circuit breakers, shared by all processes; relay_id is a relay, environment or sandbox';

      create table relay_rate (
        relay_id text not null,
        domain text not null,
        tokens double precision not null,
        at timestamptz not null,
        promised_until timestamptz not null,
        lowered_to double precision,
        lowered_from double precision,
        lowered_at timestamptz,
        lowered_because text,
        primary key (relay_id, domain));
      comment on table relay_rate is 'token buckets, shared by all processes; the empty domain is the relay as a whole';
      comment on column relay_rate.promised_until is 'up to when places in line have been given to messages that wait';

      create table warm_up (
        scope text not null check (scope in ('relay', 'domain')),
        key text not null,
        enabled boolean not null,
        started_on date not null,
        first_day int not null check (first_day > 0),
        last_day int not null check (last_day >= first_day),
        days int not null check (days > 1),
        primary key (scope, key));
      create table warm_up_use (
        scope text not null,
        key text not null,
        day date not null,
        used int not null,
        primary key (scope, key, day));

      create table sending_settings (
        id smallint primary key default 1 check (id = 1),
        settings jsonb not null);

      alter table delivery add column relay text, add column refusal text, add column uncertain_at timestamptz;
      comment on column delivery.relay is 'the relay that took or judged the message last';
      comment on column delivery.refusal is 'what the last refusal was about';
      comment on column delivery.uncertain_at is 'when it was first unknown whether it was accepted, if it was then sent once more';
      create index delivery_judged on delivery (campaign_id, settled_at) where channel = 'email' and attempts > 0 and settled_at is not null;
      alter table campaign add column pause_reason jsonb;
      comment on column campaign.pause_reason is 'why Danbi paused it; null when a person did';`);
  }

  async down(): Promise<void> {
    throw new Error('there is no way back from this schema; restore a backup');
  }
}
