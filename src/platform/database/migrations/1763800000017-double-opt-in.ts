import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Topics whose subscription a person confirms by a link in a mail, and the subscriptions that wait for it. */
export class DoubleOptIn1763800000017 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table topic add column double_opt_in boolean not null default false;
      alter table topic add constraint topic_double_opt_in check (not double_opt_in or (opt_in and kind = 'marketing'));

      create table consent_request (
        person_id uuid not null,
        channel text not null,
        topic text not null,
        asked_at timestamptz not null,
        expires_at timestamptz not null,
        delivery_id uuid not null,
        source text not null,
        wording text,
        policy_version text,
        primary key (person_id, channel, topic));
      comment on table consent_request is 'subscriptions reported to us that the person has not confirmed; no consent until then';
      create index consent_request_delivery on consent_request (delivery_id);
      create index consent_request_expires on consent_request (expires_at);

      alter table consent_proof drop constraint consent_proof_state_check;
      alter table consent_proof add constraint consent_proof_state_check check (state in ('subscribed', 'unsubscribed', 'requested', 'confirmation_sent', 'all', 'weekly', 'monthly'));
      alter table consent_proof drop constraint consent_proof_method_check;
      alter table consent_proof add constraint consent_proof_method_check
        check (method in ('form', 'api', 'import', 'one_click', 'unsubscribe_page', 'preference_page', 'complaint', 'provider_unsubscribe', 'merge', 'confirmation', 'double_opt_in'));`);
  }

  async down(): Promise<void> {
    throw new Error('there is no way back from this schema; restore a backup');
  }
}
