import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../../kernel/clock.js';
import { loadWorkspace, type Workspace } from '../../platform/workspace.js';
import { ruleOf } from '../rules/domain/rule-settings.js';
import { People } from '../../people/people.service.js';
import { NIGHT } from './domain/consent.js';
import { Preferences, type RequestSigns } from './preferences.service.js';
import { loadFrequency, putFrequency, type EmailFrequency } from './store/frequency-choice.store.js';
import { listConsents, listTopics, type Recipient, type Topic } from './store/preferences.store.js';

/** Channels on which people choose topics. */
export const CHOICE_CHANNELS = ['email', 'in_app'] as const;

export interface Choice { topic: Pick<Topic, 'key' | 'name' | 'nameKo'>; channel: (typeof CHOICE_CHANNELS)[number]; subscribed: boolean }

/** What somebody has chosen: promotional topics by channel, how often, in which language. */
export interface ChoicesOf { choices: Choice[]; frequency: EmailFrequency; language: string }

/** What a form sent. Only choices that were shown are changed: a topic added meanwhile was not refused. */
export interface Chosen { shown: ReadonlySet<string>; ticked: ReadonlySet<string>; frequency?: EmailFrequency; language?: string }

/** Names a choice in forms, `email:product-updates`. */
export const choiceKey = ({ channel, topic }: Pick<Choice, 'channel' | 'topic'>): string => `${channel}:${topic.key}`;

/** Where the separate consent to advertising at night is asked: the channels that rule `night_gate` keeps silent. */
function nightChannels(workspace: Workspace): readonly Choice['channel'][] {
  const { on, parameters } = ruleOf(workspace, 'night_gate');
  return on ? CHOICE_CHANNELS.filter((channel) => parameters.channels.includes(channel)) : [];
}

/** The night consent as a row of the page. */
function nightTopic(workspace: Workspace): Choice['topic'] {
  const { parameters: { from, to } } = ruleOf(workspace, 'night_gate');
  return { key: NIGHT, name: `Promotional messages at night (${from}–${to})`, nameKo: `야간 광고 수신 (${from}~${to})` };
}

/** The page on which people choose for themselves, without a login: what they get, how often, in which language. */
@Injectable()
export class PreferenceCentre {
  constructor(private readonly db: DataSource, private readonly clock: Clock, private readonly preferences: Preferences, private readonly people: People) {}

  async of({ personId, language }: Recipient): Promise<ChoicesOf> {
    const [topics, consents, frequency, workspace] = await Promise.all([listTopics(this.db), listConsents(this.db, personId), loadFrequency(this.db, personId), loadWorkspace(this.db)]);
    const said = new Map(consents.map(({ channel, topic, state }) => [`${channel}:${topic}`, state]));
    const choices = topics.filter(({ kind }) => kind === 'marketing').flatMap((topic) => CHOICE_CHANNELS.map((channel): Choice => {
      const state = said.get(choiceKey({ channel, topic }));
      return { topic, channel, subscribed: topic.optIn ? state === 'subscribed' : state !== 'unsubscribed' };
    }));
    const night = choices.length === 0 ? [] : nightChannels(workspace).map((channel): Choice => ({ topic: nightTopic(workspace), channel, subscribed: said.get(`${channel}:${NIGHT}`) === 'subscribed' }));
    return { choices: [...choices, ...night], frequency, language };
  }

  /** Makes what was shown what was ticked, and keeps the rest of the form; whether anything changed. */
  async choose(recipient: Recipient, { shown, ticked, frequency, language }: Chosen, signs: RequestSigns): Promise<boolean> {
    const { choices } = await this.of(recipient);
    const changes = choices.filter((choice) => shown.has(choiceKey(choice)) && choice.subscribed !== ticked.has(choiceKey(choice)));
    let changed = changes.length > 0;
    await this.preferences.choose(recipient, changes.map(({ channel, topic, subscribed }) => ({ channel, topic: topic.key, state: subscribed ? 'unsubscribed' : 'subscribed' })), 'preference_page', signs,
      async (tx, given) => { if (frequency) changed = (await putFrequency(tx, recipient.personId, frequency, given)) || changed; });
    if (!language || language === recipient.language) return changed;
    // An attribute like any other, so that segments, history and merges know it.
    await this.people.update(recipient.personId, { attributes: { language } });
    return true;
  }
}
