import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What comes back about sent messages: kept raw, understood later; soft bounces in a row; blocks that end and say why. */
export class ReturnTables1763800000010 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table inbound_event (
        id uuid primary key,
        source text not null,
        dedupe_key text not null,
        content_type text not null,
        body bytea not null,
        envelope jsonb,
        received_at timestamptz not null,
        state text not null check (state in ('pending', 'applied', 'ignored', 'review', 'failed')),
        attempts int not null default 0,
        begun int not null default 0,
        next_at timestamptz,
        settled_at timestamptz,
        detail text not null default '',
        notices jsonb not null default '[]',
        delivery_ids uuid[] not null default '{}',
        unique (source, dedupe_key));
      comment on column inbound_event.source is 'who reported: mail, or a provider of webhooks';
      comment on column inbound_event.dedupe_key is 'the same report is filed once: Message-ID, mailbox UID, event id of the provider';
      comment on column inbound_event.envelope is 'of mails: sender and recipients of the SMTP envelope';
      comment on column inbound_event.next_at is 'when pending: not before. A process that reads the row moves it ahead, so that nobody else does';
      comment on column inbound_event.notices is 'what was read and what became of it, for people';
      comment on column inbound_event.begun is 'readings in a row whose end nobody wrote: their process died';
      comment on column inbound_event.delivery_ids is 'the messages it is about, so that it is found when their person is erased';
      create index inbound_event_deliveries on inbound_event using gin (delivery_ids);
      create index inbound_event_full on inbound_event (settled_at) where state in ('applied', 'ignored') and octet_length(body) > 0;
      create index inbound_event_pending on inbound_event (next_at, id) where state = 'pending';
      create index inbound_event_listed on inbound_event (received_at, id);
      create index inbound_event_state on inbound_event (state, received_at, id) where state in ('review', 'failed');

      create table soft_bounce (
        address_hash text not null,
        delivery_id uuid not null,
        sent_at timestamptz not null,
        primary key (address_hash, delivery_id));
      comment on table soft_bounce is 'messages in a row that an address could not take; emptied when it takes one';

      alter table suppression drop constraint suppression_reason_check;
      alter table suppression
        add constraint suppression_reason_check check (reason in ('bounce', 'complaint', 'manual', 'soft_bounce')),
        add column until timestamptz,
        add column evidence jsonb not null default '{}';
      comment on column suppression.until is 'when the block ends by itself; null: never';
      comment on column suppression.evidence is 'delivery, report and words of the server that led to it';`);
  }

  async down(): Promise<void> {
    throw new Error('there is no way back from this schema; restore a backup');
  }
}
