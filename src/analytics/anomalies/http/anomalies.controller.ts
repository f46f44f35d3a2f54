import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { Id, Instant } from '../../../contract/common.js';
import { Clock } from '../../../kernel/clock.js';
import { AppError, conflict } from '../../../kernel/errors.js';
import { actorName, AuditLog } from '../../../platform/audit.js';
import { inTransaction } from '../../../platform/database/db.js';
import { Allow, AllowAll, CurrentActor, type Actor } from '../../../platform/http/access.js';
import { idAfter, pageOf, PageQuery } from '../../../platform/http/paging.js';
import { answerNote, listNotes, type AnomalyNote } from '../store/anomalies.store.js';

const At = z.iso.datetime();
const NoteView = z.object({
  id: Id, campaignId: Id, campaignName: z.string(), kind: z.enum(['zero', 'collapse', 'surge']),
  seen: z.number().int().meta({ description: 'People who entered in the 24 hours before windowEnd' }), expected: z.number().meta({ description: 'Median of the same hours of the weeks before' }),
  windowEnd: At, openedAt: At, closedAt: At.nullable(), acknowledgedBy: z.string().nullable(), acknowledgedAt: At.nullable(), snoozedUntil: At.nullable(),
}).meta({ id: 'AnomalyNote' });
const NoteList = z.object({ items: z.array(NoteView), next: z.string().nullable() }).meta({ id: 'AnomalyNoteList' });
const NoteQuery = PageQuery.extend({ campaignId: Id.optional(), open: z.enum(['true', 'false']).default('true').transform((given) => given === 'true') });
const Snooze = z.strictObject({ until: Instant });

const MOST_MS = 31 * 86_400_000;

const view = ({ windowEnd, openedAt, closedAt, acknowledgedAt, snoozedUntil, ...note }: AnomalyNote): z.infer<typeof NoteView> => ({
  ...note, windowEnd: windowEnd.toISOString(), openedAt: openedAt.toISOString(), closedAt: closedAt?.toISOString() ?? null, acknowledgedAt: acknowledgedAt?.toISOString() ?? null, snoozedUntil: snoozedUntil?.toISOString() ?? null,
});

/** Campaigns that take far fewer or more people than they should. */
@ApiTags('Reports')
@Controller('v1/anomalies')
export class AnomaliesController {
  constructor(private readonly db: DataSource, private readonly clock: Clock, private readonly audit: AuditLog) {}

  @Get() @AllowAll()
  @ApiOperation({ summary: 'Notes on campaigns that take nobody, far fewer or far more people than the weeks before let expect, newest first' })
  @ApiOkResponse({ standardSchema: NoteList })
  async list(@Query({ schema: NoteQuery }) { campaignId, open, after, limit }: z.infer<typeof NoteQuery>) {
    const page = pageOf(await listNotes(this.db, { campaignId: campaignId ?? null, open, before: idAfter(after), limit: limit + 1 }), limit, (last) => [last.id]);
    return { ...page, items: page.items.map(view) };
  }

  @Post(':id/acknowledge') @HttpCode(200) @Allow('marketer')
  @ApiOperation({ summary: 'Say that it was seen: home no longer tells of it. It closes by itself when things are as usual' })
  @ApiOkResponse({ standardSchema: NoteView })
  acknowledge(@Param('id', { schema: Id }) id: string, @CurrentActor() actor: Actor) {
    return this.answer(id, actor, null);
  }

  @Post(':id/snooze') @HttpCode(200) @Allow('marketer')
  @ApiOperation({ summary: 'Put it off until a moment, within 31 days' })
  @ApiOkResponse({ standardSchema: NoteView })
  snooze(@Param('id', { schema: Id }) id: string, @Body({ schema: Snooze }) { until }: z.infer<typeof Snooze>, @CurrentActor() actor: Actor) {
    const moment = new Date(until);
    const now = this.clock.now();
    if (moment <= now || moment.getTime() > now.getTime() + MOST_MS) throw new AppError('anomaly.bad-moment', 'A note is put off to a moment within the next 31 days.', 'invalid', [{ path: 'until', code: 'anomaly.bad-moment', message: 'A note is put off to a moment within the next 31 days.' }]);
    return this.answer(id, actor, moment);
  }

  private answer(id: string, actor: Actor, until: Date | null): Promise<z.infer<typeof NoteView>> {
    const now = this.clock.now();
    return inTransaction(this.db, async (tx) => {
      const note = await answerNote(tx, id, actorName(actor), { until, now });
      if (!note) throw conflict('anomaly.not-open', 'There is no open note with this id: things may be as usual again.');
      await this.audit.record(tx, { actor, action: until ? 'anomaly.snooze' : 'anomaly.acknowledge', subject: `campaign:${note.campaignId}`, detail: { kind: note.kind, seen: note.seen, expected: note.expected, ...(until ? { until: until.toISOString() } : {}) } }, now);
      return view(note);
    });
  }
}
