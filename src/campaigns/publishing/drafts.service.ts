import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { CampaignChange, NewCampaign } from '../../contract/campaign-api.js';
import { readDraft, type DraftDefinition } from '../../contract/campaign-draft.js';
import { Clock } from '../../kernel/clock.js';
import { ChangedError, conflict, notFound } from '../../kernel/errors.js';
import { actorName, AuditLog } from '../../platform/audit.js';
import { inTransaction, type Db } from '../../platform/database/db.js';
import type { Actor } from '../../platform/http/access.js';
import { deleteDraft, findCampaign, insertDraft, listCampaigns, lockCampaign, updateDraft, type Campaign, type ListQuery } from '../store/campaigns.store.js';

/** What editors do before publishing. What a draft says is well-formed; what it lacks, and whether it can run, is said by {@link CampaignCheck}. */
@Injectable()
export class Drafts {
  constructor(private readonly db: DataSource, private readonly clock: Clock, private readonly audit: AuditLog) {}

  list(query: ListQuery) {
    return listCampaigns(this.db, query);
  }

  /** Throws `campaign.not-found`. */
  async get(id: string): Promise<Campaign> {
    const campaign = await findCampaign(this.db, id);
    if (!campaign) throw notFound('campaign', id);
    return campaign;
  }

  create({ name, definition }: Pick<NewCampaign, 'name' | 'definition'>, actor: Actor): Promise<Campaign> {
    const now = this.clock.now();
    return inTransaction(this.db, async (tx) => {
      const id = await insertDraft(tx, { name, ...asKept(definition), by: actorName(actor), now });
      await this.audit.record(tx, { actor, action: 'campaign.create', subject: `campaign:${id}`, detail: { name } }, now);
      return (await findCampaign(tx, id))!;
    });
  }

  /** Replaces name and draft. Throws `campaign.changed` when somebody else did so since `revision`. */
  replace(id: string, { revision, name, definition }: CampaignChange, actor: Actor): Promise<Campaign> {
    const now = this.clock.now();
    return inTransaction(this.db, async (tx) => {
      const before = await lockCampaign(tx, id);
      if (!before) throw notFound('campaign', id);
      if (before.revision !== revision) throw await changedSince(this.audit, tx, id, before.revision);
      if (before.type !== definition.type) throw conflict('campaign.other-type', `This campaign is of type ${before.type}; a ${definition.type} needs a new one.`);
      if (!(await updateDraft(tx, { id, revision, name, ...asKept(definition), now }))) throw conflict('campaign.ended', `The campaign is ${before.state} and can not be changed; duplicate it.`);
      await this.audit.record(tx, { actor, action: 'campaign.edit', subject: `campaign:${id}`, detail: { revision: revision + 1 } }, now);
      return (await findCampaign(tx, id))!;
    });
  }

  /** A new draft from the present draft of another, whatever its state. */
  async duplicate(id: string, name: string | undefined, actor: Actor): Promise<Campaign> {
    const { name: original, definition } = await this.get(id);
    return this.create({ name: name ?? `${original.slice(0, 193)} (copy)`, definition }, actor);
  }

  /** Removes a campaign that was never published. */
  async remove(id: string, actor: Actor): Promise<void> {
    await inTransaction(this.db, (tx) => this.removeIn(tx, id, actor));
  }

  /** {@link remove} in a transaction of the caller. */
  async removeIn(tx: Db, id: string, actor: Actor): Promise<void> {
    const campaign = await lockCampaign(tx, id);
    if (!campaign) throw notFound('campaign', id);
    if (!(await deleteDraft(tx, id))) throw conflict('campaign.not-a-draft', `The campaign is ${campaign.state}; only a draft can be deleted. Stop it, then archive it.`);
    await this.audit.record(tx, { actor, action: 'campaign.delete', subject: `campaign:${id}`, detail: { name: campaign.name } }, this.clock.now());
  }
}

/** For whoever edits or publishes what is not the newest any more: who was quicker. */
export async function changedSince(audit: AuditLog, db: Db, id: string, revision: number): Promise<ChangedError> {
  return new ChangedError('campaign.changed', `Somebody else changed the campaign; it is at revision ${revision} now. Load it again.`, await audit.lastChange(db, `campaign:${id}`, ['campaign.edit', 'campaign.create', 'campaign.publish']));
}

/** A whole definition is kept with its defaults, one with gaps as it was written. */
function asKept(draft: DraftDefinition): { definition: DraftDefinition; unfinished: boolean } {
  const { definition } = readDraft(draft);
  return { definition: definition ?? draft, unfinished: definition === null };
}
