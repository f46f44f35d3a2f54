import { Body, Controller, Get, Put } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { Key } from '../../../contract/common.js';
import { Allow, AllowAll, CurrentActor, type Actor } from '../../../platform/http/access.js';
import { Settings } from '../sending-settings.service.js';

const Hours = z.number().min(0.1).max(24 * 7);
const Percent = z.number().min(0.01).max(100);

export const SendingSettingsView = z.strictObject({
  /** After how many hours without success a message is given up, by the kind of its topic. */
  giveUpHours: z.strictObject({ marketing: Hours, transactional: Hours }),
  /** A campaign is paused when more than these shares of its newest `window` messages were hard bounces, complaints or blocks. */
  errorBudget: z.strictObject({ enabled: z.boolean(), window: z.number().int().min(50).max(10_000), hardPercent: Percent, complaintPercent: Percent, blockPercent: Percent }),
  /** Transactional topics whose messages are sent once more when nobody knows whether the server took them: somebody may get two. */
  resendUncertain: z.array(Key).max(100),
}).meta({ id: 'SendingSettings' });

@ApiTags('Sending')
@Controller('v1/sending-settings')
export class SettingsController {
  constructor(private readonly settings: Settings) {}

  @Get() @AllowAll()
  @ApiOperation({ summary: 'How long messages are tried, when campaigns are paused by themselves, and what may be sent twice' })
  @ApiOkResponse({ standardSchema: SendingSettingsView })
  read() {
    return this.settings.read();
  }

  @Put() @Allow('owner')
  @ApiOperation({ summary: 'Replace these settings; senders follow within seconds' })
  @ApiOkResponse({ standardSchema: SendingSettingsView })
  put(@Body({ schema: SendingSettingsView }) settings: z.infer<typeof SendingSettingsView>, @CurrentActor() actor: Actor) {
    return this.settings.put(settings, actor);
  }
}
