import { Body, Controller, Get, HttpCode, Param, Post, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Public } from '../../../platform/http/access.js';
import { LinkKeys } from '../../tracking/link-keys.service.js';
import type { LinkKind } from '../../tracking/link-token.js';
import { PreferenceCentre, type ChoicesOf } from '../preference-centre.service.js';
import { Preferences, type RequestSigns } from '../preferences.service.js';
import type { EmailFrequency } from '../store/frequency-choice.store.js';
import type { Recipient } from '../store/preferences.store.js';
import { preferencesPage, subscribedPage, unsubscribedPage, unsubscribePage, type Told } from './pages.js';
import { gone, languageFor, show, signsOf } from './page-replies.js';
import { isPageLanguage, pageLanguage, topicName, type PageLanguage } from './page-texts.js';

type FormBody = Record<string, unknown> | Buffer | undefined;

/**
 * What people reach from the foot of an e-mail, without a login and without JavaScript. Opening a page never changes
 * anything, because scanners open every link; only a POST does. A mail program's own button posts
 * `List-Unsubscribe=One-Click` (RFC 8058) and gets an empty 200.
 */
@ApiExcludeController()
@Public()
@Controller()
export class PreferencePagesController {
  constructor(private readonly links: LinkKeys, private readonly preferences: Preferences, private readonly centre: PreferenceCentre) {}

  @Get('u/:token')
  async ask(@Param('token') token: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const recipient = await this.recipient('unsubscribe', token);
    if (!recipient) return gone(request, reply);
    const language = languageFor(request, recipient.language);
    await show(reply, unsubscribePage(language, await this.topicFor(recipient, language), await this.choicesHref(recipient, language)));
  }

  @Post('u/:token') @HttpCode(200)
  async unsubscribe(@Param('token') token: string, @Body() body: FormBody, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const recipient = await this.recipient('unsubscribe', token);
    const action = fieldOf(body, 'action');
    if (!recipient) return gone(request, reply);
    await this.preferences.setTopicOf(recipient, action === 'subscribe' ? 'subscribed' : 'unsubscribed', action === undefined ? 'one_click' : 'unsubscribe_page', signsOf(request));
    if (action === undefined) return void (await reply.status(200).header('cache-control', 'no-store').send());
    const language = languageFor(request, recipient.language);
    const made = action === 'subscribe' ? subscribedPage : unsubscribedPage;
    await show(reply, made(language, await this.topicFor(recipient, language), await this.choicesHref(recipient, language)));
  }

  @Get('p/:token')
  async choices(@Param('token') token: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const recipient = await this.recipient('preferences', token);
    if (!recipient) return gone(request, reply);
    await show(reply, preferencesPage(languageFor(request, recipient.language), await this.centre.of(recipient)));
  }

  @Post('p/:token') @HttpCode(200)
  async choose(@Param('token') token: string, @Body() body: FormBody, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const before = await this.recipient('preferences', token);
    if (!before) return gone(request, reply);
    const action = fieldOf(body, 'action');
    const had = await this.centre.of(before);
    const told = action === undefined || !Object.hasOwn(ACTIONS, action) ? undefined : ACTIONS[action]!(had, await this.keep(before, action, body, signsOf(request)));
    const recipient = (await this.recipient('preferences', token)) ?? before;
    // Whoever chose another language reads on in it; whoever only looked at the page in another one keeps that.
    const language = recipient.language === before.language ? languageFor(request, recipient.language) : pageLanguage(recipient.language);
    await show(reply, preferencesPage(language, await this.centre.of(recipient), told));
  }

  private keep(recipient: Recipient, action: string, body: FormBody, signs: RequestSigns): Promise<boolean> {
    const shown = new Set(fieldsOf(body, 'shown'));
    if (action === 'leave') return this.centre.choose(recipient, { shown, ticked: new Set() }, signs);
    const chosen = { shown, ticked: new Set(fieldsOf(body, 'choice')) };
    if (action === 'restore') return this.centre.choose(recipient, chosen, signs);
    const language = fieldOf(body, 'language') ?? '';
    return this.centre.choose(recipient, { ...chosen, frequency: frequencyOf(fieldOf(body, 'frequency')), ...(isPageLanguage(language) && !speaks(recipient, language) ? { language } : {}) }, signs);
  }

  private async recipient(kind: LinkKind, token: string): Promise<Recipient | null> {
    const claim = await this.links.read(kind, token);
    return claim ? this.preferences.recipient(claim.deliveryId) : null;
  }

  private async topicFor(recipient: Recipient, language: PageLanguage): Promise<string> {
    const topic = (await this.preferences.topics()).find(({ key }) => key === recipient.topic);
    return topic ? topicName(topic, language) : recipient.topic;
  }

  /** The page of all choices, on the host this page was asked from. */
  private async choicesHref({ deliveryId, personId }: Recipient, language: PageLanguage): Promise<string> {
    return `${new URL((await this.links.signer()).forMessage(deliveryId, personId).preferences()).pathname}?lang=${language}`;
  }
}

/** What each button of the page of choices says when it is done; `had` is what was chosen before. */
const ACTIONS: Record<string, (had: ChoicesOf, changed: boolean) => Told> = {
  save: (_, changed) => ({ text: changed ? 'saved' : 'unchanged' }),
  leave: (had) => ({ text: 'left', ...(had.choices.some(({ subscribed }) => subscribed) ? { undo: had } : {}) }),
  restore: () => ({ text: 'restored' }),
};

const frequencyOf = (given: string | undefined): EmailFrequency | undefined => (given === 'all' || given === 'weekly' || given === 'monthly' ? given : undefined);

/** "en-GB" stays what it is when somebody saves the page with English chosen. */
const speaks = ({ language }: Recipient, code: PageLanguage) => language.toLowerCase() === code || language.toLowerCase().startsWith(`${code}-`);

/** Fields of a form sent by our page. One-click posts may be multipart, of which only the arrival matters. */
function fieldsOf(body: FormBody, name: string): string[] {
  if (body === undefined || body === null || Buffer.isBuffer(body)) return [];
  const value = body[name];
  return (Array.isArray(value) ? value : [value]).filter((item): item is string => typeof item === 'string');
}

const fieldOf = (body: FormBody, name: string) => fieldsOf(body, name)[0];
