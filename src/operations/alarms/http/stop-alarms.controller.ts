import { Controller, Get, HttpCode, Param, Post, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { Public } from '../../../platform/http/access.js';
import { sendStopPage } from '../../../platform/http/stop-page.js';
import { AlarmTargets } from '../targets.service.js';

const Key = z.uuid();
const WORDS = {
  en: { title: 'Alarms by e-mail', ask: 'Send no more alarms to this address?', button: 'Send no more', done: 'No more alarms are sent to this address. An owner can add it again under Settings, Status.' },
  ko: { title: '알람 메일', ask: '이 주소로 알람을 더 이상 보내지 않을까요?', button: '그만 받기', done: '이 주소로 알람을 더 이상 보내지 않습니다. 소유자가 설정의 상태에서 다시 추가할 수 있습니다.' },
};

/** Where the link at the end of an alarm leads. Opening it changes nothing: programs that look through mail open links too. */
@ApiExcludeController()
@Public()
@Controller('alarms/stop/:key')
export class StopAlarmsController {
  constructor(private readonly targets: AlarmTargets) {}

  @Get()
  async ask(@Param('key', { schema: Key }) key: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply) {
    sendStopPage(reply, request, WORDS, (await this.targets.isTold(key)) ? `/alarms/stop/${key}` : null);
  }

  /** The button, and the one click of mail programs (RFC 8058). */
  @Post() @HttpCode(200)
  async stop(@Param('key', { schema: Key }) key: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply) {
    await this.targets.stop(key);
    sendStopPage(reply, request, WORDS, null);
  }
}
