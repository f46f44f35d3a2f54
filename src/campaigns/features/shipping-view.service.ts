import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { FeatureShipping as ShippingView } from '../../contract/features.js';
import { AppError, type Problem } from '../../kernel/errors.js';
import { personIdOf } from '../../people/person-handle.js';
import type { Actor } from '../../platform/http/access.js';
import { inKorean } from '../../platform/korean/korean-of.js';
import { Drafts } from '../publishing/drafts.service.js';
import { tellingOf } from './domain/telling.js';
import { Features } from './features.service.js';
import { isOver } from './shipping.service.js';
import { ShippingQuestions } from './shipping-questions.js';
import { someAsker, untoldBySpeaker } from './store/askers.store.js';
import type { Feature } from './store/features.store.js';

type Shown = NonNullable<ShippingView['shown']>;

/** One of our own findings, in both languages. */
function said(code: string, message: string): ShippingView['problems'][number] {
  const { messageKo }: Problem = inKorean<Problem>({ path: '', code, message });
  return { code, message, ...(messageKo === undefined ? {} : { messageKo }) };
}

/** What shipping a feature would do, before it is done. Writes nothing. */
@Injectable()
export class FeatureShippingViews {
  constructor(private readonly db: DataSource, private readonly features: Features, private readonly drafts: Drafts, private readonly ask: ShippingQuestions) {}

  /** @param person whose message is shown; somebody who said something when absent */
  async view(key: string, { person, language }: { person?: string; language?: string }, actor: Actor): Promise<ShippingView> {
    const feature = await this.features.find(key);
    const speakers = await untoldBySpeaker(this.db, feature.id);
    const message = feature.message && !isOver(feature.message.state) ? feature.message : null;
    const approval = message ? await this.ask.approvals.view(message.campaignId, actor) : null;
    return {
      people: speakers.reduce((sum, { people }) => sum + people, 0), withWords: speakers.reduce((sum, { withWords }) => sum + withWords, 0),
      by: speakers.flatMap(({ speaker, people }) => (speaker ? [{ ...speaker, people }] : [])), unspoken: speakers.find(({ speaker }) => speaker === null)?.people ?? 0,
      message,
      problems: await this.problems(feature, message),
      approval: { needed: approval?.needed ?? false, above: approval?.above ?? null, state: approval?.state ?? 'not_needed' },
      shown: message ? await this.shown(feature, message.campaignId, { person, language }) : null,
    };
  }

  private async problems(feature: Feature, message: ShippingView['message']): Promise<ShippingView['problems']> {
    const problems: ShippingView['problems'] = [];
    if (feature.state === 'shipped') problems.push(said('feature.shipped', 'The feature is shipped already.'));
    if (feature.owner === null) problems.push(said('feature.nobody-speaks', 'The feature has no owner who speaks to those nobody took, and to whoever asks later.'));
    if (!message) return [...problems, said('feature.no-message', 'There is no message yet that tells people.')];
    const { findings } = await this.ask.checks.check((await this.drafts.get(message.campaignId)).definition);
    return [...problems, ...findings.filter(({ severity }) => severity === 'error').map(({ code, message: words, messageKo }) => ({ code, message: words, ...(messageKo === undefined ? {} : { messageKo }) }))];
  }

  private async shown(feature: Feature, campaignId: string, { person, language }: { person?: string; language?: string }): Promise<Shown | null> {
    const asker = await someAsker(this.db, feature.id, person === undefined ? null : await personIdOf(this.db, person));
    if (!asker) return null;
    try {
      const [first] = await this.ask.messages.preview(campaignId, { personId: asker.personId, sample: { person: {}, event: tellingOf(feature, asker) }, ...(language === undefined ? {} : { language }) });
      if (!first) return null;
      const { email, inApp, problems } = first.preview;
      return {
        personId: asker.personId, name: asker.name, from: email?.fromName ?? null, replyTo: email?.replyTo ?? null, subject: email?.subject ?? null, html: email?.html ?? null,
        text: email?.text ?? inApp?.body ?? null, title: inApp?.title ?? null, problems: problems.map(({ message }) => message),
      };
    } catch (error) {
      // A draft with gaps has nothing to show yet; the problems say so.
      if (error instanceof AppError && error.kind === 'invalid') return null;
      throw error;
    }
  }
}
