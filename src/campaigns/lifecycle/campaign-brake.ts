import { Injectable } from '@nestjs/common';
import type { CampaignBrake } from '../../delivery/sending/campaign-brake.js';
import type { PauseReason } from '../../delivery/sending/domain/error-budget.js';
import { AuditLog } from '../../platform/audit.js';
import { rows, type Db } from '../../platform/database/db.js';
import { TRANSITIONS } from '../domain/lifecycle.js';
import { changeState, setPauseReason } from '../store/campaigns.store.js';

/** Lets sending pause a campaign that does harm. A person resumes it; only what is sent from then on counts anew. */
@Injectable()
export class Brake implements CampaignBrake {
  constructor(private readonly audit: AuditLog) {}

  running(db: Db): Promise<{ campaignId: string; since: Date }[]> {
    return rows(db, `select c.id as "campaignId", c.state_at as since from campaign as c where c.state = any($1::text[]) order by c.id`, [TRANSITIONS.pause.from]);
  }

  sending(db: Db): Promise<{ campaignId: string }[]> {
    return rows(db, `select c.id as "campaignId" from campaign as c where c.state in ('active', 'draining', 'paused') order by c.id`);
  }

  async pause(tx: Db, campaignId: string, why: PauseReason, now: Date): Promise<boolean> {
    if (!(await changeState(tx, { id: campaignId, ...TRANSITIONS.pause, now }))) return false;
    await setPauseReason(tx, campaignId, why);
    await this.audit.record(tx, { actor: 'system', action: 'campaign.pause', subject: `campaign:${campaignId}`, detail: { ...why } }, now);
    return true;
  }
}
