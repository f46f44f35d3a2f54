import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What the rules of sending need: proof of consent, reasons of transactional topics, what waits for a better hour, confirmations every two years. */
export class SendingRules1763800000013 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table consent_proof (
        id uuid primary key,
        person_id uuid not null,
        from_id uuid,
        channel text not null,
        topic text not null,
        state text not null check (state in ('subscribed', 'unsubscribed', 'confirmation_sent', 'all', 'weekly', 'monthly')),
        at timestamptz not null,
        recorded_at timestamptz not null,
        method text not null check (method in ('form', 'api', 'import', 'one_click', 'unsubscribe_page', 'preference_page', 'complaint', 'provider_unsubscribe', 'merge', 'confirmation')),
        source text not null,
        actor text not null,
        wording text,
        policy_version text,
        network text,
        user_agent text,
        delivery_id uuid);
      comment on table consent_proof is 'what people said about topics and how we know; rows are only added, and outlive unsubscription and erasure';
      comment on column consent_proof.at is 'when it was said; recorded_at is when we learned of it';
      comment on column consent_proof.from_id is 'the merged person who said it';
      create index consent_proof_person on consent_proof (person_id, at, id);
      create index consent_proof_listed on consent_proof (recorded_at, id);

      -- A merge may give a row to the survivor, an erasure may take out what tells who it was. Nothing else ever changes.
      create function consent_proof_kept() returns trigger language plpgsql as $$
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
      end $$;
      create trigger consent_proof_kept before update or delete on consent_proof for each row execute function consent_proof_kept();
      insert into consent_proof (id, person_id, channel, topic, state, at, recorded_at, method, source, actor)
      select gen_random_uuid(), c.person_id, c.channel, c.topic, c.state, c.at, c.at, 'api', c.source, 'before the proof log' from consent as c;

      alter table topic add column reason text, add column reason_text text not null default '';
      comment on column topic.reason is 'why messages of a transactional topic are no advertising (delivery/preferences/domain/transactional.ts)';
      update topic as t set reason = 'contract', reason_text = 'Messages about the account that the person has.' where t.key = 'account' and t.kind = 'transactional';

      alter table consent add column confirmed_at timestamptz, add column confirmation_id uuid;
      comment on column consent.confirmed_at is 'when the person was last told that they agreed and how to withdraw (every two years)';
      comment on column consent.confirmation_id is 'the delivery that is to tell them; it stays when that delivery failed';
      create index consent_confirmation on consent (coalesce(confirmed_at, at), person_id) where state = 'subscribed' and confirmation_id is null;
      create index consent_confirming on consent (confirmation_id) where confirmation_id is not null;

      create index delivery_waiting on delivery (reason, person_id, id) where state = 'queued' and reason in ('QUIET_HOURS_DEFERRED', 'CAP_DEFERRED');
      create table pacing_release (reason text primary key, requested_at timestamptz not null, after_person uuid, after_id uuid);
      comment on table pacing_release is 'a rule was changed: what waits for this reason is to be judged anew, once each; what lies before (after_person, after_id) has been';`);
  }

  async down(): Promise<void> {
    throw new Error('there is no way back from this schema; restore a backup');
  }
}
