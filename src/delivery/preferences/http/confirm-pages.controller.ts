import { Controller, Get, HttpCode, Param, Post, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Public } from '../../../platform/http/access.js';
import { LinkKeys } from '../../tracking/link-keys.service.js';
import { DoubleOptIn, type LinkState } from '../double-opt-in.service.js';
import { Preferences } from '../preferences.service.js';
import type { Recipient } from '../store/preferences.store.js';
import { confirmedPage, confirmOverPage, confirmPage } from './pages.js';
import { gone, languageFor, show, signsOf } from './page-replies.js';
import { topicName, type PageLanguage } from './page-texts.js';

/** Where the link of a mail leads that asks to confirm a subscription. Only the button confirms; opening the page does not. */
@ApiExcludeController()
@Public()
@Controller('y')
export class ConfirmPagesController {
  constructor(private readonly links: LinkKeys, private readonly preferences: Preferences, private readonly requests: DoubleOptIn) {}

  @Get(':token')
  async ask(@Param('token') token: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const recipient = await this.recipient(token);
    if (!recipient) return gone(request, reply);
    await this.tell(reply, languageFor(request, recipient.language), await this.requests.look(recipient.deliveryId));
  }

  @Post(':token') @HttpCode(200)
  async confirm(@Param('token') token: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const recipient = await this.recipient(token);
    if (!recipient) return gone(request, reply);
    const state = await this.requests.confirm(recipient, signsOf(request));
    this.preferences.wake();
    await this.tell(reply, languageFor(request, recipient.language), state);
  }

  private async tell(reply: FastifyReply, language: PageLanguage, state: LinkState): Promise<void> {
    if (state.is === 'done') return show(reply, confirmedPage(language));
    if (state.is === 'over') return show(reply, confirmOverPage(language), 410);
    const topics = await this.preferences.topics();
    await show(reply, confirmPage(language, topics.filter(({ key }) => state.topics.includes(key)).map((topic) => topicName(topic, language))));
  }

  private async recipient(token: string): Promise<Recipient | null> {
    const claim = await this.links.read('confirm', token);
    return claim ? this.preferences.recipient(claim.deliveryId) : null;
  }
}
