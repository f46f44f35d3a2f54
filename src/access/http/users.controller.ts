import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query, Req, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { Id } from '../../contract/common.js';
import { CurrentActor, Public, type Actor } from '../../platform/http/access.js';
import { pageOf, PageQuery } from '../../platform/http/paging.js';
import { PublicUrl } from '../../platform/public-url.js';
import { Users } from '../users.service.js';
import { setSession } from './cookies.js';
import { idCursor } from './cursors.js';
import { AcceptInvite, InvitationView, InviteRequest, SessionView, UserList, UserPatch, UserView } from './schemas.js';

@ApiTags('Access')
@Controller('v1')
export class UsersController {
  constructor(private readonly users: Users, private readonly publicUrl: PublicUrl) {}

  @Get('users')
  @ApiOperation({ summary: 'List the people who may sign in' })
  @ApiOkResponse({ standardSchema: UserList })
  async list(@Query({ schema: PageQuery }) query: PageQuery) {
    const found = await this.users.list(idCursor(query.after), query.limit + 1);
    return pageOf(found, query.limit, (last) => [last.id]);
  }

  @Post('users')
  @ApiOperation({ summary: 'Invite a person: answers the one-time link to hand over' })
  @ApiCreatedResponse({ standardSchema: InvitationView })
  invite(@Body({ schema: InviteRequest }) person: z.infer<typeof InviteRequest>, @CurrentActor() actor: Actor) {
    return this.users.invite(person, actor);
  }

  @Get('users/:id')
  @ApiOperation({ summary: 'Read one user' })
  @ApiOkResponse({ standardSchema: UserView })
  load(@Param('id', { schema: Id }) id: string) {
    return this.users.load(id);
  }

  @Patch('users/:id')
  @ApiOperation({ summary: 'Change name or role, disable or enable; the last active owner stays' })
  @ApiOkResponse({ standardSchema: UserView })
  update(@Param('id', { schema: Id }) id: string, @Body({ schema: UserPatch }) change: z.infer<typeof UserPatch>, @CurrentActor() actor: Actor) {
    return this.users.update(id, change, actor);
  }

  @Delete('users/:id')
  @ApiOperation({ summary: 'Remove a user and end their sessions' })
  @ApiOkResponse({ standardSchema: UserView })
  remove(@Param('id', { schema: Id }) id: string, @CurrentActor() actor: Actor) {
    return this.users.remove(id, actor);
  }

  @Post('users/:id/invite')
  @ApiOperation({ summary: 'Make a new one-time link, for an expired invite or a forgotten password' })
  @ApiCreatedResponse({ standardSchema: InvitationView })
  inviteAgain(@Param('id', { schema: Id }) id: string, @CurrentActor() actor: Actor) {
    return this.users.inviteAgain(id, actor);
  }

  @Public()
  @Post('invites/accept')
  @HttpCode(200)
  @ApiOperation({ summary: 'Choose a password through an invite link; signs in, unless the person has a second factor' })
  @ApiOkResponse({ standardSchema: SessionView })
  async accept(@Body({ schema: AcceptInvite }) body: z.infer<typeof AcceptInvite>, @Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply) {
    const { token, user } = await this.users.acceptInvite(body.token, body.password, request.headers['user-agent'] ?? '');
    if (token !== null) setSession(reply, token, this.publicUrl.value);
    return { user };
  }
}
