import { Body, Controller, Delete, Get, HttpCode, Patch, Post, Req, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { AppError } from '../../kernel/errors.js';
import { AllowAll, BeforeSecondFactor, CurrentActor, Public, type Actor } from '../../platform/http/access.js';
import { PublicUrl } from '../../platform/public-url.js';
import { Sessions } from '../sessions.service.js';
import { Users } from '../users.service.js';
import { clearSession, originOf, sessionToken, setSession } from './cookies.js';
import { refuseForeignSignIn } from './same-origin.js';
import { MeView, OwnChange, OwnerList, PasswordChange, SessionView, SignIn } from './schemas.js';

@ApiTags('Access')
@Controller('v1')
export class SessionController {
  constructor(private readonly sessions: Sessions, private readonly users: Users, private readonly publicUrl: PublicUrl) {}

  @Public()
  @Post('session')
  @ApiOperation({ summary: 'Sign in: sets the session cookie' })
  @ApiCreatedResponse({ standardSchema: SessionView })
  async signIn(@Body({ schema: SignIn }) login: z.infer<typeof SignIn>, @Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply) {
    refuseForeignSignIn(request, this.publicUrl.value);
    const { token, user } = await this.sessions.signIn(login, originOf(request), sessionToken(request));
    setSession(reply, token, this.publicUrl.value);
    return { user };
  }

  @AllowAll()
  @BeforeSecondFactor()
  @Delete('session')
  @HttpCode(204)
  @ApiOperation({ summary: 'Sign out: ends the session of the cookie' })
  @ApiNoContentResponse()
  async signOut(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply) {
    const token = sessionToken(request);
    if (token !== null) await this.sessions.signOut(token);
    clearSession(reply);
  }

  @AllowAll()
  @BeforeSecondFactor()
  @Get('me')
  @ApiOperation({ summary: 'Who this request comes from' })
  @ApiOkResponse({ standardSchema: MeView })
  async me(@CurrentActor() actor: Actor) {
    return actor.kind === 'user' ? { kind: actor.kind, user: await this.users.load(actor.id) } : actor;
  }

  @AllowAll()
  @Patch('me')
  @ApiOperation({ summary: 'Change your own name, or the language you read the dashboard in' })
  @ApiOkResponse({ standardSchema: MeView })
  async changeMe(@Body({ schema: OwnChange }) change: z.infer<typeof OwnChange>, @CurrentActor() actor: Actor) {
    if (actor.kind !== 'user') throw new AppError('access.not-a-user', 'A server key has no name of its own here. Sign in to change yours.', 'forbidden');
    return { kind: actor.kind, user: await this.users.updateSelf(actor, change) };
  }

  @AllowAll()
  @Get('me/owners')
  @ApiOperation({ summary: 'Who can give you another role' })
  @ApiOkResponse({ standardSchema: OwnerList })
  async owners() {
    return { items: await this.users.owners() };
  }

  @AllowAll()
  @Post('me/password')
  @HttpCode(204)
  @ApiOperation({ summary: 'Change your own password; your other sessions end' })
  @ApiNoContentResponse()
  async changePassword(@Body({ schema: PasswordChange }) body: z.infer<typeof PasswordChange>, @CurrentActor() actor: Actor, @Req() request: FastifyRequest) {
    if (actor.kind !== 'user') throw new AppError('access.not-a-user', 'A server key has no password. Sign in to change yours.', 'forbidden');
    await this.users.changePassword(actor, { current: body.currentPassword, next: body.newPassword }, sessionToken(request));
  }
}
