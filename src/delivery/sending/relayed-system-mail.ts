import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Config } from '../../platform/config.js';
import { SystemMail, type SystemMailMessage, type SystemMailResult } from '../../platform/system-mail.js';
import { loadWorkspace } from '../../platform/workspace.js';
import { firstRelay } from '../relays/first-relay.js';
import { EmailSurroundings } from './jobs/email.worker.js';
import { SmtpTransport } from './smtp-transport.js';

/** Composes and signs as every message of ours; no delivery, no tracking. */
@Injectable()
export class RelayedSystemMail extends SystemMail {
  constructor(private readonly db: DataSource, private readonly config: Config, private readonly outside: EmailSurroundings) {
    super();
  }

  async send({ id, to, date, topic, subject, html, text, unsubscribeUrl }: SystemMailMessage): Promise<SystemMailResult> {
    const relay = await firstRelay(this.db, this.config, () => this.outside.sandbox.url());
    const outgoing = await this.outside.senders.outgoing(await loadWorkspace(this.db));
    const content = { language: null, subject, html, text, preheader: '', listUnsubscribeUrl: unsubscribeUrl };
    const mail = await outgoing.compose({ deliveryId: id, campaignId: 'system', stepId: topic, topic, transactional: false, to, date, content, relay }).sealed();
    const transport = new SmtpTransport(relay.session);
    try {
      const result = await transport.send(mail, () => {});
      switch (result.kind) {
        case 'accepted': return { kind: 'accepted', answer: result.reply };
        case 'uncertain': return { kind: 'uncertain', answer: result.detail };
        case 'rejected': case 'unreachable': return { kind: 'refused', answer: result.detail };
        case 'deferred': case 'lost': case 'transport_down': return { kind: 'later', answer: result.detail };
      }
    } finally {
      transport.close();
    }
  }
}
