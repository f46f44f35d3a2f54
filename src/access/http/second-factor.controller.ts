import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put, Req } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { Id } from '../../contract/common.js';
import { AppError } from '../../kernel/errors.js';
import { AllowAll, BeforeSecondFactor, CurrentActor, type Actor } from '../../platform/http/access.js';
import { SecondFactors } from '../second-factor/second-factors.service.js';
import { sessionToken } from './cookies.js';
import { FactorConfirm, FactorProof, FactorRule, FactorStart, FactorView, RecoveryCodes } from './schemas.js';

/** One's own second factor, the rule for roles, and resets. */
@ApiTags('Access')
@Controller('v1')
export class SecondFactorController {
  constructor(private readonly factors: SecondFactors) {}

  @AllowAll()
  @BeforeSecondFactor()
  @Get('me/second-factor')
  @ApiOperation({ summary: 'Whether your sign-in asks for a code' })
  @ApiOkResponse({ standardSchema: FactorView })
  state(@CurrentActor() actor: Actor) {
    return this.factors.state(userOf(actor));
  }

  @AllowAll()
  @BeforeSecondFactor()
  @Post('me/second-factor')
  @ApiOperation({ summary: 'Begin: answers the secret for your app; it counts once a code confirmed it' })
  @ApiCreatedResponse({ standardSchema: FactorStart })
  start(@CurrentActor() actor: Actor) {
    return this.factors.start(userOf(actor));
  }

  @AllowAll()
  @BeforeSecondFactor()
  @Post('me/second-factor/confirm')
  @HttpCode(200)
  @ApiOperation({ summary: 'Switch it on with a code of the app; answers recovery codes, once. Your other sessions end' })
  @ApiOkResponse({ standardSchema: RecoveryCodes })
  async confirm(@Body({ schema: FactorConfirm }) { code }: z.infer<typeof FactorConfirm>, @CurrentActor() actor: Actor, @Req() request: FastifyRequest) {
    return { recoveryCodes: await this.factors.confirm(userOf(actor), code, sessionToken(request)) };
  }

  @AllowAll()
  @Post('me/second-factor/recovery-codes')
  @HttpCode(200)
  @ApiOperation({ summary: 'New recovery codes for your password and a code; the earlier ones end' })
  @ApiOkResponse({ standardSchema: RecoveryCodes })
  async renew(@Body({ schema: FactorProof }) proof: z.infer<typeof FactorProof>, @CurrentActor() actor: Actor) {
    return { recoveryCodes: await this.factors.renewCodes(userOf(actor), proof) };
  }

  @AllowAll()
  @Post('me/second-factor/off')
  @HttpCode(204)
  @ApiOperation({ summary: 'Switch it off with your password and a code, unless your role needs it' })
  @ApiNoContentResponse()
  async off(@Body({ schema: FactorProof }) proof: z.infer<typeof FactorProof>, @CurrentActor() actor: Actor) {
    await this.factors.switchOff(userOf(actor), proof);
  }

  @Delete('users/:id/second-factor')
  @HttpCode(204)
  @ApiOperation({ summary: 'Reset the second factor of somebody who lost it; their sessions end' })
  @ApiNoContentResponse()
  async reset(@Param('id', { schema: Id }) id: string, @CurrentActor() actor: Actor) {
    await this.factors.reset(id, actor);
  }

  @AllowAll()
  @Get('second-factor-rule')
  @ApiOperation({ summary: 'The roles that may not do without a second factor' })
  @ApiOkResponse({ standardSchema: FactorRule })
  async rule() {
    return { roles: await this.factors.requiredRoles() };
  }

  @Put('second-factor-rule')
  @ApiOperation({ summary: 'Name the roles that may not do without a second factor' })
  @ApiOkResponse({ standardSchema: FactorRule })
  async setRule(@Body({ schema: FactorRule }) { roles }: z.infer<typeof FactorRule>, @CurrentActor() actor: Actor) {
    return { roles: await this.factors.requireFor(roles, actor) };
  }
}

/** @throws access.not-a-user */
export function userOf(actor: Actor): Extract<Actor, { kind: 'user' }> {
  if (actor.kind !== 'user') throw new AppError('access.not-a-user', 'A server key signs in nowhere, so it has no second factor.', 'forbidden');
  return actor;
}
