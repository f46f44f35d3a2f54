import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { PublicUrl } from '../../platform/public-url.js';
import { SystemHook, type SystemHookResult } from '../../platform/system-hook.js';
import { SystemMail, type SystemMailResult } from '../../platform/system-mail.js';
import { loadWorkspace } from '../../platform/workspace.js';
import { messageOf } from './alarm-message.js';
import type { Parcel } from './store/notices.store.js';

/** Puts alarms into words and hands them to a mail server or an endpoint. */
@Injectable()
export class AlarmMessenger {
  constructor(private readonly db: DataSource, private readonly url: PublicUrl, private readonly mail: SystemMail, private readonly hook: SystemHook) {}

  /** One message. What can not even be composed will not do so by itself, but may once somebody has mended it. */
  async send(parcel: Omit<Parcel, 'targetId' | 'tries'>, at: Date): Promise<SystemMailResult | SystemHookResult> {
    try {
      const { name } = await loadWorkspace(this.db);
      const { hook, mail, stopUrl } = messageOf(parcel, { workspace: name, home: this.url.value, at });
      if (parcel.endpointId !== null) return await this.hook.send({ ...hook, id: parcel.messageId, endpointId: parcel.endpointId, at });
      return await this.mail.send({ ...mail, id: parcel.messageId, to: parcel.email!, date: at, topic: 'alarm', unsubscribeUrl: stopUrl });
    } catch (error) {
      return { kind: 'later', answer: error instanceof Error ? error.message : String(error) };
    }
  }
}
