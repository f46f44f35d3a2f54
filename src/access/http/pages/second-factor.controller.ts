import { Body, Controller, Get, Post, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AllowAll, BeforeSecondFactor, CurrentActor, type Actor } from '../../../platform/http/access.js';
import { pageLanguage } from '../../domain/page-language.js';
import { SecondFactors } from '../../second-factor/second-factors.service.js';
import { sessionToken } from '../cookies.js';
import { userOf } from '../second-factor.controller.js';
import { FormFields, problemOf } from './forms.js';
import { sendPage } from './layout.js';
import { factorOnView, factorSetupView, recoveryCodesView } from './second-factor-views.js';
import { WORDS } from './words.js';

/** Setting up one's second factor: plain forms, so that it works before the dashboard may be seen. */
@ApiExcludeController()
@Controller('second-factor')
export class SecondFactorPages {
  constructor(private readonly factors: SecondFactors) {}

  @AllowAll()
  @BeforeSecondFactor()
  @Get()
  show(@CurrentActor() actor: Actor, @Req() request: FastifyRequest, @Res() reply: FastifyReply) {
    return this.page(actor, request, reply, {});
  }

  @AllowAll()
  @BeforeSecondFactor()
  @Post()
  confirm(@Body({ schema: FormFields }) fields: Record<string, string>, @CurrentActor() actor: Actor, @Req() request: FastifyRequest, @Res() reply: FastifyReply) {
    return this.orAgain(actor, request, reply, async () => {
      const codes = await this.factors.confirm(userOf(actor), fields.code ?? '', sessionToken(request));
      sendPage(reply, 200, recoveryCodesView(languageOf(request), codes));
    });
  }

  @AllowAll()
  @Post('codes')
  renew(@Body({ schema: FormFields }) fields: Record<string, string>, @CurrentActor() actor: Actor, @Req() request: FastifyRequest, @Res() reply: FastifyReply) {
    return this.orAgain(actor, request, reply, async () => {
      const codes = await this.factors.renewCodes(userOf(actor), { password: fields.password ?? '', code: fields.code ?? '' });
      sendPage(reply, 200, recoveryCodesView(languageOf(request), codes));
    });
  }

  @AllowAll()
  @Post('off')
  off(@Body({ schema: FormFields }) fields: Record<string, string>, @CurrentActor() actor: Actor, @Req() request: FastifyRequest, @Res() reply: FastifyReply) {
    return this.orAgain(actor, request, reply, async () => {
      await this.factors.switchOff(userOf(actor), { password: fields.password ?? '', code: fields.code ?? '' });
      await reply.redirect('/settings/me', 303);
    });
  }

  private async orAgain(actor: Actor, request: FastifyRequest, reply: FastifyReply, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      const { status, code, message } = problemOf(error);
      await this.page(actor, request, reply, { status, problem: WORDS[languageOf(request)].problems[code] ?? message });
    }
  }

  private async page(actor: Actor, request: FastifyRequest, reply: FastifyReply, { status = 200, problem }: { status?: number; problem?: string }): Promise<void> {
    const user = userOf(actor);
    const state = await this.factors.state(user);
    const language = languageOf(request);
    sendPage(reply, status, state.on ? factorOnView(language, state, problem) : factorSetupView(language, await this.factors.start(user), state.required, problem));
  }
}

const languageOf = (request: FastifyRequest) => pageLanguage(request.headers['accept-language']);
