import { Controller, HttpCode, Post, Query, Req, Res } from '@nestjs/common';
import { ApiNoContentResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { Public } from '../../../platform/http/access.js';
import { ID_COOKIE, renewedCookie } from '../domain/id-cookie.js';

const Where = z.object({ d: z.string().max(253).optional() });

/** For a site that passes `/_danbi/` on to here from its own domain: Safari keeps what scripts write for seven days only. */
@ApiTags('Visitors')
@Controller('_danbi')
export class IdCookieController {
  @Post('id') @HttpCode(204) @Public()
  @ApiOperation({ summary: 'Set the visitor\'s cookie again as it is, for 395 days', description: '`d`: the domain it is for (example.com). Without a cookie nothing is set.' })
  @ApiNoContentResponse()
  renew(@Query({ schema: Where }) { d }: z.infer<typeof Where>, @Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): void {
    const cookie = renewedCookie(request.cookies[ID_COOKIE], d?.toLowerCase(), request.protocol === 'https');
    void reply.header('cache-control', 'no-store');
    if (cookie !== null) void reply.header('set-cookie', cookie);
  }
}
