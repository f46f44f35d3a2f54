import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '../../../kernel/errors.js';
import { Public } from '../../../platform/http/access.js';
import { sendBuilt } from '../../../platform/http/send-built.js';
import { SdkFiles } from '../sdk-files.js';

/** Any site loads these, under any policy of its own (COEP, CORS mode, Resource Timing). */
const OPEN = { 'access-control-allow-origin': '*', 'cross-origin-resource-policy': 'cross-origin', 'timing-allow-origin': '*' };
const FIVE_MINUTES = 'public, max-age=300';

/** The SDK itself: files, not an API. */
@ApiExcludeController()
@Public()
@Controller('sdk')
export class SdkController {
  constructor(private readonly files: SdkFiles) {}

  @Get(':name')
  async read(@Param('name') name: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    void reply.headers(OPEN);
    const file = this.files.find(name);
    if (!file) throw new AppError('not_found', 'There is no such file of the SDK. There are danbi.js, danbi.d.ts and the chunk danbi.js asks for.', 'not_found');
    await sendBuilt(file, FIVE_MINUTES, request, reply);
  }
}
