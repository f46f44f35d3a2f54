import { Controller, HttpCode, Post, Req } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiBody, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { DisplayAcks } from '../../../campaigns/auto/acks.service.js';
import { DisplayClaims } from '../../../campaigns/auto/claims.service.js';
import type { AckAnswer, ClaimAnswer } from '../../../contract/visitor-wire.js';
import { acceptedLanguages } from '../../../kernel/language.js';
import { WithWriteKey } from '../../../platform/http/access.js';
import { BROWSER_ROUTE } from '../../../platform/http/browser-transport.js';
import { Callers } from '../../caller/callers.service.js';
import { readAck, readClaim } from '../domain/display-body.js';

const ClaimView = z.object({ ok: z.literal([0, 1]), ms: z.number().optional(), m: z.record(z.string(), z.unknown()).optional(), g: z.literal(1).optional(), why: z.string().optional(), n: z.number().optional() })
  .meta({ id: 'ClaimAnswer', description: 'ClaimAnswer of contract/visitor-wire.ts' });
const AckView = z.object({ ok: z.literal([0, 1]), why: z.string().optional() }).meta({ id: 'AckAnswer', description: 'AckAnswer of contract/visitor-wire.ts' });

/** May this be displayed, now, in this tab; and what became of it. */
@ApiTags('Visitors')
@Controller('v1')
export class DisplayController {
  constructor(private readonly callers: Callers, private readonly claims: DisplayClaims, private readonly acks: DisplayAcks) {}

  @Post('claim') @HttpCode(200) @RouteConfig(BROWSER_ROUTE) @WithWriteKey()
  @ApiOperation({ summary: 'A browser asks whether it may display a message now: grants a lease of some seconds, or says which gate refuses', description: 'ClaimRequest of contract/visitor-wire.ts, as text/plain.' })
  @ApiBody({ schema: { type: 'string' } }) @ApiOkResponse({ standardSchema: ClaimView })
  async claim(@Req() request: FastifyRequest): Promise<ClaimAnswer> {
    const caller = await this.callers.read(request.body, request, { create: 'visitors', check: readClaim });
    const { r, d, c, s, url, why } = readClaim(caller.said);
    // What was sent to a user is not shown to whoever only says to be that user.
    if (d !== undefined && !caller.trusted) return { ok: 0, why: 'NO_LONGER_ELIGIBLE' };
    // The ids of somebody who was erased become nobody by themselves.
    if (caller.personId === null) return { ok: 0, why: 'PERSON_DELETED' };
    return this.claims.claim(caller.personId, { key: c, visit: s, url, why, trusted: caller.trusted, languages: acceptedLanguages(request.headers['accept-language']), what: r === undefined ? { deliveryId: d! } : { campaignId: r } });
  }

  @Post('ack') @HttpCode(200) @RouteConfig(BROWSER_ROUTE) @WithWriteKey()
  @ApiOperation({ summary: 'A browser says what became of a claim: displayed, not displayed, opened, clicked, answered, dismissed', description: 'AckRequest of contract/visitor-wire.ts, as text/plain.' })
  @ApiBody({ schema: { type: 'string' } }) @ApiOkResponse({ standardSchema: AckView })
  async ack(@Req() request: FastifyRequest): Promise<AckAnswer> {
    const caller = await this.callers.read(request.body, request);
    const { c, do: doing, b, v } = readAck(caller.said);
    return this.acks.ack(caller.personId, { key: c, doing, button: b ?? null, answer: v ?? null });
  }
}
