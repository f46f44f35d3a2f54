import { Injectable } from '@nestjs/common';
import type { Channel } from '../contract/message.js';
import { Previews, type Preview, type Reader } from '../delivery/content/preview.service.js';
import { notFound } from '../kernel/errors.js';
import { referencesOf } from './domain/references.js';
import { wholeDefinition } from './domain/unfinished.js';
import { Drafts } from './publishing/drafts.service.js';

export interface ShownMessage { stepId: string; variant: string; channel: Channel; preview: Preview }

/** Looks at the messages of drafts. */
@Injectable()
export class CampaignMessages {
  constructor(private readonly drafts: Drafts, private readonly previews: Previews) {}

  /** Every message and variant as one reader would get it, or only those of one step or variant. */
  async preview(campaignId: string, { stepId, variant, ...reader }: Reader & { stepId?: string; variant?: string }): Promise<ShownMessage[]> {
    const { contents } = referencesOf(wholeDefinition((await this.drafts.get(campaignId)).definition));
    const wanted = contents.filter((content) => (stepId ?? content.stepId) === content.stepId && (variant ?? content.variant) === content.variant);
    if (wanted.length === 0 && (stepId !== undefined || variant !== undefined)) throw notFound('message', [stepId, variant].filter((part) => part !== undefined).join(' / '));
    const shown: ShownMessage[] = [];
    for (const { stepId: step, topic, variant: key, channel, content } of wanted) shown.push({ stepId: step, variant: key, channel, preview: await this.previews.preview({ channel, content, topic, ...reader }) });
    return shown;
  }
}
