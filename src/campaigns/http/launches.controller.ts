import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { ApprovalDecision, ApprovalRequest, ApprovalView, EntryPreview, LaunchView } from '../../contract/campaign-launch.js';
import { Id } from '../../contract/common.js';
import { Allow, AllowAll, CurrentActor, type Actor } from '../../platform/http/access.js';
import { Approvals } from '../lifecycle/approvals.service.js';
import { EntryPreviews } from '../entry/entry-preview.service.js';
import { LaunchState } from '../lifecycle/launch-state.service.js';

/** How far a launch is, what holds it, and who said that it may go. */
@ApiTags('Campaigns')
@Controller('v1/campaigns/:id')
export class LaunchesController {
  constructor(private readonly approvals: Approvals, private readonly launches: LaunchState, private readonly previews: EntryPreviews) {}

  @Get('launch') @AllowAll()
  @ApiOperation({ summary: 'The last launch of a campaign: its frozen audience, its stage with the numbers that would halt it, its send rate, and what holds it' })
  @ApiOkResponse({ standardSchema: LaunchView })
  launch(@Param('id', { schema: Id }) id: string) {
    return this.launches.view(id);
  }

  @Get('entry-preview') @AllowAll()
  @ApiOperation({ summary: 'Who would enter at once with the publishing of the draft, because their event or date lies within its look-back, and at which step they would stand', description: 'Counted now. Re-entry, holdouts and goals are asked at the launch itself.' })
  @ApiOkResponse({ standardSchema: EntryPreview })
  entering(@Param('id', { schema: Id }) id: string) {
    return this.previews.preview(id);
  }

  @Get('approval') @AllowAll()
  @ApiOperation({ summary: 'Whether the launch of the draft needs a second person, and who asked, approved or rejected' })
  @ApiOkResponse({ standardSchema: ApprovalView })
  approval(@Param('id', { schema: Id }) id: string, @CurrentActor() actor: Actor) {
    return this.approvals.view(id, actor);
  }

  @Post('approval') @HttpCode(200) @Allow('marketer')
  @ApiOperation({ summary: 'Ask a second person to approve the launch of the draft as it is now; a change of the draft voids it' })
  @ApiOkResponse({ standardSchema: ApprovalView })
  ask(@Param('id', { schema: Id }) id: string, @Body({ schema: ApprovalRequest }) { note }: z.infer<typeof ApprovalRequest>, @CurrentActor() actor: Actor) {
    return this.approvals.request(id, note, actor);
  }

  @Post('approval/decision') @HttpCode(200) @Allow('marketer')
  @ApiOperation({ summary: 'Approve or reject what was asked for; whoever wrote it or asked can not, unless there is nobody else' })
  @ApiOkResponse({ standardSchema: ApprovalView })
  decide(@Param('id', { schema: Id }) id: string, @Body({ schema: ApprovalDecision }) { decision, note }: z.infer<typeof ApprovalDecision>, @CurrentActor() actor: Actor) {
    return this.approvals.decide(id, decision === 'approve' ? 'approved' : 'rejected', note, actor);
  }
}
