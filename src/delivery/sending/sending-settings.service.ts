import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../../kernel/clock.js';
import { AppError } from '../../kernel/errors.js';
import { AuditLog } from '../../platform/audit.js';
import { inTransaction } from '../../platform/database/db.js';
import type { Actor } from '../../platform/http/access.js';
import type { SendingSettings } from './domain/sending-settings.js';
import { loadSendingSettings, saveSendingSettings, transactionalAmong } from './store/sending-settings.store.js';

/** What an installation decides about sending; senders follow within seconds. */
@Injectable()
export class Settings {
  constructor(private readonly db: DataSource, private readonly clock: Clock, private readonly audit: AuditLog) {}

  read(): Promise<SendingSettings> {
    return loadSendingSettings(this.db);
  }

  async put(settings: SendingSettings, actor: Actor): Promise<SendingSettings> {
    const now = this.clock.now();
    await inTransaction(this.db, async (tx) => {
      const transactional = await transactionalAmong(tx, settings.resendUncertain);
      const wrong = settings.resendUncertain.flatMap((key, index) => (transactional.has(key) ? [] : [{ path: `resendUncertain.${index}`, code: 'sending.not-transactional', message: `"${key}" is not a transactional topic.` }]));
      if (wrong.length > 0) throw new AppError('sending.not-transactional', 'Only messages of transactional topics may be sent once more.', 'invalid', wrong);
      await saveSendingSettings(tx, settings);
      await this.audit.record(tx, { actor, action: 'sending.settings', subject: 'sending', detail: { ...settings } }, now);
    });
    return settings;
  }
}
