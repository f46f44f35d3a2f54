import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '../../../kernel/errors.js';
import { Public } from '../../../platform/http/access.js';
import { chooseCoding, isKnown } from '../domain/coding.js';
import { SdkFiles } from '../sdk-files.js';

/** Any site loads these, under any policy of its own (COEP, CORS mode, Resource Timing). */
const OPEN = { 'access-control-allow-origin': '*', 'cross-origin-resource-policy': 'cross-origin', 'timing-allow-origin': '*', vary: 'accept-encoding' };
const FIVE_MINUTES = 'public, max-age=300';
const FOR_EVER = 'public, max-age=31536000, immutable';

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
    const coding = chooseCoding(request.headers['accept-encoding']);
    const { data, tag } = file.bodies.get(coding)!;
    void reply.headers({ etag: tag, 'cache-control': file.immutable ? FOR_EVER : FIVE_MINUTES, 'content-type': file.type, ...(coding === 'identity' ? {} : { 'content-encoding': coding }) });
    if (isKnown(tag, request.headers['if-none-match'])) return void (await reply.status(304).send());
    await reply.status(200).send(data);
  }
}
