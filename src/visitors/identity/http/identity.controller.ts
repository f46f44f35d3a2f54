import { Body, Controller, Delete, Get, Param, Post, Put, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { Id } from '../../../contract/common.js';
import { Allow, CurrentActor, type Actor } from '../../../platform/http/access.js';
import { IdentityVerification, type SecretRequest } from '../identity-verification.service.js';
import { SecretCreated, SecretRequestSchema, SecretView, UnprovenList, UnprovenQuery, VerificationChange, VerificationView } from './schemas.js';

@ApiTags('Visitors')
@Controller('v1/identity-verification')
export class IdentityController {
  constructor(private readonly verification: IdentityVerification) {}

  @Get() @Allow()
  @ApiOperation({ summary: 'Whether browsers must prove who their user is, and with which secrets', description: 'Off at first: then anybody with a write key and the id of a user reads the in-app messages of that user; `remarks` says so.' }) @ApiOkResponse({ standardSchema: VerificationView })
  read() {
    return this.verification.read();
  }

  @Put() @Allow()
  @ApiOperation({ summary: 'Switch it off, to warn, or to enforce; name protected traits' }) @ApiOkResponse({ standardSchema: VerificationView })
  change(@Body({ schema: VerificationChange }) wanted: z.infer<typeof VerificationChange>, @CurrentActor() actor: Actor) {
    return this.verification.change(wanted, actor);
  }

  @Post('secrets') @Allow()
  @ApiOperation({ summary: 'Make a shared secret, shown once, or add a public Ed25519 key; two of a kind may be active' }) @ApiCreatedResponse({ standardSchema: SecretCreated })
  add(@Body({ schema: SecretRequestSchema }) request: SecretRequest, @CurrentActor() actor: Actor) {
    return this.verification.addSecret(request, actor);
  }

  @Delete('secrets/:id') @Allow()
  @ApiOperation({ summary: 'Revoke a secret: what it signed proves nothing any more' }) @ApiOkResponse({ standardSchema: SecretView })
  revoke(@Param('id', { schema: Id }) id: string, @CurrentActor() actor: Actor) {
    return this.verification.revokeSecret(id, actor);
  }

  @Get('unproven') @Allow()
  @ApiOperation({ summary: 'User ids that browsers named without proof: how often, from where, why; the latest first' }) @ApiOkResponse({ standardSchema: UnprovenList })
  async unproven(@Query({ schema: UnprovenQuery }) { limit }: z.infer<typeof UnprovenQuery>) {
    return { items: await this.verification.unproven(limit) };
  }
}
