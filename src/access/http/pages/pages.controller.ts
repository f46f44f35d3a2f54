import { Body, Controller, Get, Post, Query, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '../../../kernel/errors.js';
import { AllowAll, Public } from '../../../platform/http/access.js';
import { PublicUrl } from '../../../platform/public-url.js';
import { localPath } from '../../domain/local-path.js';
import { pageLanguage } from '../../domain/page-language.js';
import { Sessions } from '../../sessions.service.js';
import { Setup } from '../../setup.service.js';
import { Users } from '../../users.service.js';
import { clearSession, originOf, sessionToken, setSession } from '../cookies.js';
import { refuseForeignSignIn } from '../same-origin.js';
import { FormFields, NextQuery, problemOf, setupFields, TokenQuery } from './forms.js';
import { sendPage } from './layout.js';
import { codeView } from './second-factor-views.js';
import { EMPTY, inviteView, loginView, problemView, setupDoneView, setupView } from './views.js';
import { WORDS } from './words.js';

const languageOf = (request: FastifyRequest) => pageLanguage(request.headers['accept-language']);

/** The few pages a browser needs before it may see the dashboard: plain forms, no scripts. */
@ApiExcludeController()
@Controller()
export class PagesController {
  constructor(private readonly setup: Setup, private readonly sessions: Sessions, private readonly users: Users, private readonly publicUrl: PublicUrl) {}

  @Public()
  @Get('setup')
  async setupForm(@Query({ schema: TokenQuery }) { token }: { token: string }, @Req() request: FastifyRequest, @Res() reply: FastifyReply) {
    const language = languageOf(request);
    await this.orProblem(reply, language, WORDS[language].setupTitle, async () => {
      await this.setup.check(token);
      sendPage(reply, 200, setupView(language, token, EMPTY));
    });
  }

  @Public()
  @Post('setup')
  async setUp(@Body({ schema: FormFields }) fields: Record<string, string>, @Req() request: FastifyRequest, @Res() reply: FastifyReply) {
    const language = languageOf(request);
    const { wanted, faults } = setupFields(fields);
    const again = (codes: Record<string, string>) => sendPage(reply, 400, setupView(language, fields.token ?? '', { values: fields, faults: codes }));
    await this.orProblem(reply, language, WORDS[language].setupTitle, async () => {
      await this.setup.check(fields.token ?? '');
      if (!wanted) return again(faults);
      const made = await this.setup.complete(wanted, request.headers['user-agent'] ?? '');
      setSession(reply, made.token, this.publicUrl.value);
      return sendPage(reply, 201, setupDoneView(language, { url: this.publicUrl.value, ...made }));
    });
  }

  @Public()
  @Get('login')
  login(@Query({ schema: NextQuery }) { next }: { next?: string }, @Req() request: FastifyRequest, @Res() reply: FastifyReply) {
    sendPage(reply, 200, loginView(languageOf(request), { ...EMPTY, values: { next: localPath(next) } }));
  }

  @Public()
  @Post('login')
  async signIn(@Body({ schema: FormFields }) fields: Record<string, string>, @Req() request: FastifyRequest, @Res() reply: FastifyReply) {
    const language = languageOf(request);
    try {
      refuseForeignSignIn(request, this.publicUrl.value);
      const signed = fields.step
        ? await this.sessions.signInWithCode(fields.step, fields.code ?? '', originOf(request), sessionToken(request))
        : await this.sessions.signInOrStep({ email: fields.email ?? '', password: fields.password ?? '' }, originOf(request), sessionToken(request));
      if ('step' in signed) return sendPage(reply, 200, codeView(language, { step: signed.step, next: localPath(fields.next) }));
      setSession(reply, signed.token, this.publicUrl.value);
      return reply.redirect(localPath(fields.next), 303);
    } catch (error) {
      const { status, code, message } = problemOf(error);
      if (code === 'access.wrong-code') return sendPage(reply, status, codeView(language, { step: fields.step ?? '', next: localPath(fields.next), problem: WORDS[language].problems[code] }));
      return sendPage(reply, status, loginView(language, { values: { email: fields.email ?? '', next: localPath(fields.next) }, faults: {}, problem: WORDS[language].problems[code] ?? message }));
    }
  }

  @Public()
  @Get('invite')
  async inviteForm(@Query({ schema: TokenQuery }) { token }: { token: string }, @Req() request: FastifyRequest, @Res() reply: FastifyReply) {
    const language = languageOf(request);
    await this.orProblem(reply, language, WORDS[language].inviteTitle, async () => {
      const user = await this.users.invited(token);
      sendPage(reply, 200, inviteView(language, token, user.email, EMPTY));
    });
  }

  @Public()
  @Post('invite')
  async accept(@Body({ schema: FormFields }) fields: Record<string, string>, @Req() request: FastifyRequest, @Res() reply: FastifyReply) {
    const language = languageOf(request);
    await this.orProblem(reply, language, WORDS[language].inviteTitle, async () => {
      const invited = await this.users.invited(fields.token ?? '');
      try {
        const { token } = await this.users.acceptInvite(fields.token ?? '', fields.password ?? '', request.headers['user-agent'] ?? '');
        if (token !== null) setSession(reply, token, this.publicUrl.value);
        await reply.redirect(token === null ? '/login' : '/', 303);
      } catch (error) {
        if (!(error instanceof AppError) || error.code !== 'access.bad-password') throw error;
        sendPage(reply, 400, inviteView(language, fields.token ?? '', invited.email, { values: {}, faults: { password: error.problems[0]!.code } }));
      }
    });
  }

  @AllowAll()
  @Post('logout')
  async signOut(@Req() request: FastifyRequest, @Res() reply: FastifyReply) {
    const token = sessionToken(request);
    if (token !== null) await this.sessions.signOut(token);
    clearSession(reply);
    return reply.redirect('/login', 303);
  }

  private async orProblem(reply: FastifyReply, language: 'en' | 'ko', title: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      const { status, code, message } = problemOf(error);
      sendPage(reply, status, problemView(language, title, code, message));
    }
  }
}
