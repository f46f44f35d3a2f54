import { Body, Controller, Get, HttpCode, Param, Post, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Public } from '../../../platform/http/access.js';
import { LinkKeys } from '../../tracking/link-keys.service.js';
import type { LinkKind } from '../../tracking/link-token.js';
import { Preferences, type RequestSigns } from '../preferences.service.js';
import type { Recipient } from '../store/preferences.store.js';
import { gonePage, pageLanguage, preferencesPage, subscribedPage, topicName, unsubscribedPage, unsubscribePage } from './pages.js';

const HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'x-robots-tag': 'noindex',
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
};

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
  constructor(private readonly links: LinkKeys, private readonly preferences: Preferences) {}

  @Get('u/:token')
  async ask(@Param('token') token: string, @Res() reply: FastifyReply): Promise<void> {
    const recipient = await this.recipient('unsubscribe', token);
    if (!recipient) return gone(reply);
    await show(reply, unsubscribePage(pageLanguage(recipient.language), await this.topicFor(recipient)));
  }

  @Post('u/:token') @HttpCode(200)
  async unsubscribe(@Param('token') token: string, @Body() body: FormBody, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const recipient = await this.recipient('unsubscribe', token);
    const action = fieldOf(body, 'action');
    if (!recipient) return gone(reply);
    await this.preferences.setTopicOf(recipient, action === 'subscribe' ? 'subscribed' : 'unsubscribed', action === undefined ? 'one_click' : 'unsubscribe_page', signsOf(request));
    if (action === undefined) return void (await reply.status(200).header('cache-control', 'no-store').send());
    const language = pageLanguage(recipient.language);
    const topic = await this.topicFor(recipient);
    await show(reply, action === 'subscribe' ? subscribedPage(language, topic) : unsubscribedPage(language, topic));
  }

  @Get('p/:token')
  async choices(@Param('token') token: string, @Res() reply: FastifyReply): Promise<void> {
    const recipient = await this.recipient('preferences', token);
    if (!recipient) return gone(reply);
    await show(reply, preferencesPage(pageLanguage(recipient.language), await this.preferences.choices(recipient), false));
  }

  @Post('p/:token') @HttpCode(200)
  async choose(@Param('token') token: string, @Body() body: FormBody, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const recipient = await this.recipient('preferences', token);
    if (!recipient) return gone(reply);
    await this.preferences.setChoices(recipient, new Set(fieldsOf(body, 'topic')), 'preference_page', signsOf(request));
    await show(reply, preferencesPage(pageLanguage(recipient.language), await this.preferences.choices(recipient), true));
  }

  private async recipient(kind: LinkKind, token: string): Promise<Recipient | null> {
    const claim = await this.links.read(kind, token);
    return claim ? this.preferences.recipient(claim.deliveryId) : null;
  }

  private async topicFor(recipient: Recipient): Promise<string> {
    const topic = (await this.preferences.topics()).find(({ key }) => key === recipient.topic);
    return topic ? topicName(topic, pageLanguage(recipient.language)) : recipient.topic;
  }
}

const signsOf = ({ ip, headers }: FastifyRequest): RequestSigns => ({ ip, userAgent: headers['user-agent'] });

async function show(reply: FastifyReply, html: string, status = 200): Promise<void> {
  await reply.status(status).headers(HEADERS).send(html);
}

/** One answer for a forged token and for a message that was erased: nothing can be learned from it. */
const gone = (reply: FastifyReply) => show(reply, gonePage('en'), 404);

/** Fields of a form sent by our page. One-click posts may be multipart, of which only the arrival matters. */
function fieldsOf(body: FormBody, name: string): string[] {
  if (body === undefined || body === null || Buffer.isBuffer(body)) return [];
  const value = body[name];
  return (Array.isArray(value) ? value : [value]).filter((item): item is string => typeof item === 'string');
}

const fieldOf = (body: FormBody, name: string) => fieldsOf(body, name)[0];
