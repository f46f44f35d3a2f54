import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { Id } from '../../../contract/common.js';
import { NewSimulation, SimulationList, SimulationPeople, SimulationView } from '../../../contract/simulation.js';
import { Allow, AllowAll, CurrentActor, type Actor } from '../../../platform/http/access.js';
import { decodeCursor, idAfter, INSTANT_AND_ID_KEY, pageOf, PageQuery } from '../../../platform/http/paging.js';
import { Simulations } from '../simulations.service.js';

const PeopleQuery = PageQuery.extend({ side: z.enum(['subject', 'running']).default('subject'), outcome: z.string().max(60).optional() });

/** Campaigns taken through recorded history before they speak. */
@ApiTags('Campaigns')
@Controller('v1/campaigns/:id/simulations')
export class SimulationsController {
  constructor(private readonly simulations: Simulations) {}

  @Post() @Allow('marketer')
  @ApiOperation({ summary: 'Take the draft or a version through recorded history, in the background, with the real gates; sends and changes nothing' })
  @ApiCreatedResponse({ standardSchema: SimulationView })
  create(@Param('id', { schema: Id }) id: string, @Body({ schema: NewSimulation }) asked: NewSimulation, @CurrentActor() actor: Actor) {
    return this.simulations.create(id, asked, actor);
  }

  @Get() @AllowAll()
  @ApiOperation({ summary: 'Simulations of a campaign, newest first; 20 of each campaign are kept, for 90 days' })
  @ApiOkResponse({ standardSchema: SimulationList })
  async list(@Param('id', { schema: Id }) id: string, @Query({ schema: PageQuery }) { after, limit }: PageQuery) {
    const cursor = decodeCursor(after, INSTANT_AND_ID_KEY);
    const page = pageOf(await this.simulations.list(id, { limit, after: cursor && { at: cursor[0], id: cursor[1] } }), limit, (last) => [last.cursorKey, last.id]);
    return { ...page, items: page.items.map(({ cursorKey: _place, ...simulation }) => simulation) };
  }

  @Get(':simulation') @AllowAll()
  @ApiOperation({ summary: 'How far a simulation has come, what it found, and what it cannot know' })
  @ApiOkResponse({ standardSchema: SimulationView })
  get(@Param('id', { schema: Id }) id: string, @Param('simulation', { schema: Id }) simulation: string) {
    return this.simulations.get(id, simulation);
  }

  @Delete(':simulation') @HttpCode(204) @Allow('marketer')
  @ApiOperation({ summary: 'Stop a simulation that is not over, or forget one that is' })
  @ApiNoContentResponse()
  remove(@Param('id', { schema: Id }) id: string, @Param('simulation', { schema: Id }) simulation: string, @CurrentActor() actor: Actor) {
    return this.simulations.remove(id, simulation, actor);
  }

  @Get(':simulation/people') @AllowAll()
  @ApiOperation({ summary: 'Sample people of each outcome, each with what would have happened to them, in order' })
  @ApiOkResponse({ standardSchema: SimulationPeople })
  async people(@Param('id', { schema: Id }) id: string, @Param('simulation', { schema: Id }) simulation: string, @Query({ schema: PeopleQuery }) { after, limit, side, outcome }: z.infer<typeof PeopleQuery>) {
    const page = pageOf(await this.simulations.people(id, simulation, { side, outcome, after: idAfter(after), limit }), limit, (last) => [last.personId]);
    return { ...page, items: page.items.map((person) => ({ ...person, lines: person.lines.map(shown) })) };
  }
}

/** Moments of the virtual clock are kept as milliseconds. */
const shown = ({ at, until, nextAt, ...line }: Record<string, unknown>) => ({ ...line, at: instant(at), ...(until === undefined && nextAt === undefined ? {} : { until: instant(until ?? nextAt) }) });
const instant = (at: unknown): string | null => (typeof at === 'number' ? new Date(at).toISOString() : null);
