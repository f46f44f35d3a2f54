import { Body, Controller, Get, Param, Put } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { Id } from '../../../contract/common.js';
import { Allow, AllowAll, CurrentActor, type Actor } from '../../../platform/http/access.js';
import { LEVELS } from '../../domain/status.js';
import { WITHIN } from '../domain/level.js';
import { ServiceLevels } from '../levels.service.js';

const Count = z.number().int();
const TargetSchema = z.strictObject({
  share: z.number().min(0.5).max(0.9999).meta({ description: 'Of the e-mails, 0 to 1' }),
  seconds: z.union(WITHIN.map((seconds) => z.literal(seconds))).meta({ description: 'Handed over within so many seconds of being due' }),
  hours: z.number().int().min(1).max(168).meta({ description: 'How far it looks back' }),
}).meta({ id: 'ServiceLevelTarget' });
const MeasuredView = z.object({
  handedOver: Count, inTime: Count, waiting: Count.meta({ description: 'Due for longer than allowed and not handed over; counted up to 10,000' }),
  share: z.number().nullable(), burned: z.number().nullable().meta({ description: 'Part of what may be late that was; 1 and more: the target is missed. null: fewer than 50 messages' }), level: z.enum(LEVELS),
}).meta({ id: 'ServiceLevelMeasured' });
const CampaignView = z.object({
  use: z.enum(['standard', 'own', 'none']), standard: TargetSchema.nullable().meta({ description: 'That of the workspace' }),
  target: TargetSchema.nullable().meta({ description: 'That holds for the campaign' }), measured: MeasuredView.nullable(),
}).meta({ id: 'CampaignServiceLevel' });
const AllView = z.object({ standard: TargetSchema.nullable(), items: z.array(z.object({ campaignId: Id, name: z.string(), own: z.boolean(), target: TargetSchema, measured: MeasuredView })) }).meta({ id: 'ServiceLevels' });
const CampaignBody = z.discriminatedUnion('use', [z.strictObject({ use: z.literal('standard') }), z.strictObject({ use: z.literal('none') }), z.strictObject({ use: z.literal('own'), target: TargetSchema })]);
const StandardBody = z.strictObject({ standard: TargetSchema.nullable() });

/** How soon e-mails are to be handed over. */
@ApiTags('Operations')
@Controller('v1')
export class ServiceLevelsController {
  constructor(private readonly levels: ServiceLevels) {}

  @Get('service-levels') @AllowAll()
  @ApiOperation({ summary: 'The target of the workspace, and how it is kept by each live campaign' })
  @ApiOkResponse({ standardSchema: AllView })
  async all(): Promise<z.infer<typeof AllView>> {
    return { standard: await this.levels.standard(), items: await this.levels.list() };
  }

  @Put('service-levels') @Allow('marketer')
  @ApiOperation({ summary: 'Set the target of the workspace, or with null have none' })
  @ApiOkResponse({ standardSchema: AllView })
  async setStandard(@Body({ schema: StandardBody }) { standard }: z.infer<typeof StandardBody>, @CurrentActor() actor: Actor) {
    await this.levels.setStandard(standard, actor);
    return this.all();
  }

  @Get('campaigns/:id/service-level') @AllowAll()
  @ApiOperation({ summary: 'What share of the e-mails is to be handed over how soon after being due, and how it was kept' })
  @ApiOkResponse({ standardSchema: CampaignView })
  read(@Param('id', { schema: Id }) id: string): Promise<z.infer<typeof CampaignView>> {
    return this.levels.ofCampaign(id);
  }

  @Put('campaigns/:id/service-level') @Allow('marketer')
  @ApiOperation({ summary: 'Give the campaign a target of its own, that of the workspace, or none' })
  @ApiOkResponse({ standardSchema: CampaignView })
  async set(@Param('id', { schema: Id }) id: string, @Body({ schema: CampaignBody }) body: z.infer<typeof CampaignBody>, @CurrentActor() actor: Actor) {
    await this.levels.setCampaign(id, body.use === 'own' ? body.target : body.use === 'none' ? null : undefined, actor);
    return this.levels.ofCampaign(id);
  }
}
