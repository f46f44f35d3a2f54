import { Injectable } from '@nestjs/common';
import type { EmailContent } from '../../contract/message.js';
import { Starters } from '../../delivery/content/starters.service.js';
import { AppError } from '../../kernel/errors.js';
import { Drafts } from '../publishing/drafts.service.js';
import { Lifecycle } from '../lifecycle/lifecycle.service.js';
import { Publishing } from '../publishing/publish.service.js';

/** What shipping asks of campaigns. */
@Injectable()
export class FeatureCampaigns {
  constructor(readonly drafts: Drafts, readonly publishing: Publishing, readonly lifecycle: Lifecycle, private readonly starters: Starters) {}

  /** The message to begin with, in the workspace's language, with the other as its translation, in the name of whoever took the request. */
  async starter(language: string): Promise<EmailContent> {
    const starter = await this.starters.one('feature-shipped', language.startsWith('ko') ? 'ko' : 'en');
    if (starter.channel !== 'email') throw new AppError('feature.no-starter', 'The message to begin with is no e-mail.');
    return { ...starter.content, fromName: '{{default event.teammate workspace.name}}', replyTo: '{{default event.teammateEmail ""}}' };
  }
}
