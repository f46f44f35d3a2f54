import { Body, Controller, Get, HttpCode, Param, Patch, Post, Put, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { Id } from '../../contract/common.js';
import { HeldPersonList, HoldoutChange, HoldoutList, HoldoutOverride, HoldoutPlan, HoldoutQuestion, HoldoutView, NewHoldout } from '../../contract/holdout.js';
import { PersonHandle } from '../../contract/people.js';
import { PersonIdPipe } from '../../people/http/person-id.pipe.js';
import { Allow, AllowAll, CurrentActor, type Actor } from '../../platform/http/access.js';
import { idAfter, pageOf, PageQuery } from '../../platform/http/paging.js';
import { Holdouts } from '../experiments/holdouts.service.js';

const PeopleQuery = PageQuery.extend({ held: z.enum(['true', 'false']).transform((text) => text === 'true').optional() });

/** People kept out of many campaigns, to know what messages do. */
@ApiTags('Holdouts')
@Controller('v1/holdouts')
export class HoldoutsController {
  constructor(private readonly holdouts: Holdouts) {}

  @Get() @AllowAll()
  @ApiOperation({ summary: 'Holdouts with how many people were considered and kept out; those under way first. What they found: GET /v1/reports/holdouts' })
  @ApiOkResponse({ standardSchema: HoldoutList })
  async list() {
    return { items: await this.holdouts.list() };
  }

  @Post() @Allow('marketer')
  @ApiOperation({ summary: 'Begin a holdout: from now on a share of those who would enter is kept out; nobody on the way is' })
  @ApiCreatedResponse({ standardSchema: HoldoutView })
  begin(@Body({ schema: NewHoldout }) holdout: NewHoldout, @CurrentActor() actor: Actor) {
    return this.holdouts.begin(holdout, actor);
  }

  @Post('plan') @HttpCode(200) @AllowAll()
  @ApiOperation({ summary: 'How many people a holdout would concern, and the smallest effect it would find; nothing is changed' })
  @ApiOkResponse({ standardSchema: HoldoutPlan })
  plan(@Body({ schema: HoldoutQuestion }) question: HoldoutQuestion) {
    return this.holdouts.plan(question);
  }

  @Get(':id') @AllowAll()
  @ApiOperation({ summary: 'One holdout' })
  @ApiOkResponse({ standardSchema: HoldoutView })
  view(@Param('id', { schema: Id }) id: string) {
    return this.holdouts.view(id);
  }

  @Patch(':id') @Allow('marketer')
  @ApiOperation({ summary: 'Rename it, or except campaigns; share, campaigns and goal stay as they began' })
  @ApiOkResponse({ standardSchema: HoldoutView })
  change(@Param('id', { schema: Id }) id: string, @Body({ schema: HoldoutChange }) change: HoldoutChange, @CurrentActor() actor: Actor) {
    return this.holdouts.change(id, change, actor);
  }

  @Post(':id/end') @HttpCode(200) @Allow('marketer')
  @ApiOperation({ summary: 'End it for good: whoever was kept out may enter from now on; what was found stays' })
  @ApiOkResponse({ standardSchema: HoldoutView })
  end(@Param('id', { schema: Id }) id: string, @CurrentActor() actor: Actor) {
    return this.holdouts.end(id, actor);
  }

  @Get(':id/people') @AllowAll()
  @ApiOperation({ summary: 'Who was considered, and who of them is kept out' })
  @ApiOkResponse({ standardSchema: HeldPersonList })
  async people(@Param('id', { schema: Id }) id: string, @Query({ schema: PeopleQuery }) { after, limit, held }: z.infer<typeof PeopleQuery>) {
    return pageOf(await this.holdouts.people(id, { held, after: idAfter(after), limit: limit + 1 }), limit, (last) => [last.personId]);
  }

  @Put(':id/people/:person') @Allow('marketer')
  @ApiOperation({ summary: 'Put a person on a side by hand, to try something out; they are left out of the numbers for good' })
  @ApiOkResponse({ standardSchema: HoldoutView })
  override(@Param('id', { schema: Id }) id: string, @Param('person', { schema: PersonHandle, pipes: [PersonIdPipe] }) person: string, @Body({ schema: HoldoutOverride }) { held }: z.infer<typeof HoldoutOverride>, @CurrentActor() actor: Actor) {
    return this.holdouts.override(id, person, held, actor);
  }
}
