import { Body, Controller, Get, Put } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { DigestPreview, DigestSettings, DigestView } from '../../../contract/digest.js';
import { AppError } from '../../../kernel/errors.js';
import { AllowAll, CurrentActor, type Actor } from '../../../platform/http/access.js';
import { Digests } from '../digests.service.js';

@ApiTags('Reports')
@AllowAll()
@Controller('v1/me/digest')
export class DigestController {
  constructor(private readonly digests: Digests) {}

  @Get()
  @ApiOperation({ summary: 'Your digest by e-mail: when it comes, and what became of the last ones' })
  @ApiOkResponse({ standardSchema: DigestView })
  settings(@CurrentActor() actor: Actor) {
    return this.digests.settings(userOf(actor));
  }

  @Put()
  @ApiOperation({ summary: 'Choose a daily or weekly digest at a local time, or none' })
  @ApiOkResponse({ standardSchema: DigestView })
  change(@Body({ schema: DigestSettings }) settings: DigestSettings, @CurrentActor() actor: Actor) {
    return this.digests.change(userOf(actor), settings);
  }

  @Get('preview')
  @ApiOperation({ summary: 'The digest of everything since the last one, as it would be sent now' })
  @ApiOkResponse({ standardSchema: DigestPreview })
  preview(@CurrentActor() actor: Actor) {
    return this.digests.preview(userOf(actor));
  }
}

function userOf(actor: Actor): Extract<Actor, { kind: 'user' }> {
  if (actor.kind === 'user') return actor;
  throw new AppError('access.not-a-user', 'A server key gets no mail. Sign in to choose your digest.', 'forbidden');
}
