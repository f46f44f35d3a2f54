import { Inject, Injectable, Optional } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { PacingSettings } from '../../contract/pacing.js';
import { Clock } from '../../kernel/clock.js';
import { notFound } from '../../kernel/errors.js';
import type { Wait } from '../../kernel/gates.js';
import { newId } from '../../kernel/ids.js';
import { isTimeZone } from '../../kernel/local-time.js';
import { personIdOf } from '../../people/person-handle.js';
import { loadWorkspace, type Workspace } from '../../platform/workspace.js';
import { DISPATCH_GATE, OPEN_GATE, type DispatchGate } from '../sending/dispatch-gate.js';
import { looksBack, type Winner } from './domain/caps.js';
import { pacingSettingsOf } from './domain/pacing-settings.js';
import { replayMessages, type Replayed, type ReplayWait } from './domain/replay.js';
import { KEPT_PLACES, NOTHING_KEPT, type KeptPlaces } from './kept-places.js';
import { pacingOf, type PacingAnswer } from './pacing-answers.js';
import { allowedAtNight, closingsOf } from './quiet.js';
import { campaignNames, messagesSince, personClock, waitingOf, type PacedRow } from './store/pacing-preview.store.js';
import { placesOf } from './store/places.store.js';

const WEEK_MS = 7 * 86_400_000;
const MOST_OF_A_WEEK = 200;
const MOST_WAITING = 50;
const CHANNELS = ['email', 'in_app'] as const;

/** Why a message waits, until when, and for whose. */
type Told = ReplayWait;
interface Asked { personId: string; zone: string; timeZone: string | null; workspace: Workspace; settings: PacingSettings; now: Date }

/** What caps and hours mean for one person: what waits now, and how the messages of the last seven days would have gone. */
@Injectable()
export class PacingPreview {
  constructor(
    private readonly db: DataSource, private readonly clock: Clock,
    @Optional() @Inject(KEPT_PLACES) private readonly kept: KeptPlaces = NOTHING_KEPT, @Optional() @Inject(DISPATCH_GATE) private readonly gate: DispatchGate = OPEN_GATE,
  ) {}

  /**
   * @param draft settings that are not saved; absent: those of the workspace
   * @throws AppError `person.not-found`
   */
  async of(handle: string, draft?: PacingSettings) {
    const personId = await personIdOf(this.db, handle);
    const person = await personClock(this.db, personId);
    if (!person) throw notFound('person', handle);
    const now = this.clock.now();
    const kept = await loadWorkspace(this.db);
    const workspace = draft ? { ...kept, settings: { ...kept.settings, pacing: draft } } : kept;
    const zone = person.timeZone !== null && isTimeZone(person.timeZone) ? person.timeZone : workspace.timeZone;
    const asked: Asked = { personId, zone, timeZone: person.timeZone, workspace, settings: pacingSettingsOf(workspace), now };
    const channels = await this.channelsNow(asked);
    const waiting = await waitingOf(this.db, personId, MOST_WAITING);
    const { messages, ends } = await this.week(asked);
    const winners = [...channels.map(({ wait }) => wait?.winner), ...waiting.map(({ facts }) => facts?.winner), ...[...ends.values()].map(({ wait }) => wait?.winner)];
    const names = await campaignNames(this.db, winners.flatMap((winner) => (winner ? [winner.campaignId] : [])));
    const said = (wait: Told | null) => wait && { ...wait, winner: wait.winner && { ...wait.winner, campaignName: names.get(wait.winner.campaignId) ?? null } };
    return {
      personId, timeZone: zone, at: now, channels: channels.map(({ channel, wait }) => ({ channel, wait: said(wait) })),
      waiting: waiting.map(({ reason, dueAt, facts, ...row }) => ({ ...messageOf(row), wait: said({ code: reason, rule: facts?.rule ?? (reason === 'CAP_DEFERRED' ? 'cap' : 'quiet_hours'), cap: facts?.cap ?? null, until: dueAt, winner: facts?.winner ?? null })! })),
      week: messages.map((row) => { const { wait, goesAt } = ends.get(row.id)!; return { ...messageOf(row), at: row.at, wait: said(wait), goesAt }; }),
    };
  }

  private async channelsNow({ personId, timeZone, workspace, now }: Asked): Promise<{ channel: (typeof CHANNELS)[number]; wait: Told | null }[]> {
    const found = [];
    for (const channel of CHANNELS) {
      const message = { personId, campaignId: newId(), stepId: null, channel, topic: 'product-updates', class: 'standard' as const, priority: 50, transactional: false, timeZone };
      found.push({ channel, wait: toldOf(await pacingOf(this.db, message, { workspace, now, kept: this.kept, take: false })) });
    }
    return found;
  }

  private async week({ personId, zone, workspace, settings, now }: Asked) {
    const since = new Date(now.getTime() - WEEK_MS);
    const messages = await messagesSince(this.db, personId, since, MOST_OF_A_WEEK);
    const words = await this.gate.recheck(this.db, messages.map(({ id, enrollmentId, campaignId, stepId }) => ({ deliveryId: id, enrollmentId, personId, campaignId, stepId })), now);
    const atNight = new Set<string>();
    for (const channel of CHANNELS) if ((await allowedAtNight(this.db, [personId], { channel, now, workspace })).size > 0) atNight.add(channel);
    const longest = Math.max(0, ...settings.caps.filter(({ on }) => on).map(looksBack));
    const places = (await placesOf(this.db, [personId], { since: new Date(since.getTime() - longest), except: messages.map(({ id }) => id) })).get(personId) ?? [];
    const replayed = messages.map((row): Replayed => ({ ...row, closings: row.isDisplay ? [] : closingsOf(workspace, { ...row, sendWindow: words.get(row.id)?.pacing.sendWindow, atNight: atNight.has(row.channel) }) }));
    const ends = replayMessages(replayed, { settings, zone, before: places.filter(({ at, kept }) => !kept && at !== null) });
    return { messages, ends: new Map<string, { wait: ReplayWait | null; goesAt: Date | null }>(ends.map((end) => [end.id, end])) };
  }
}

const messageOf = ({ id, campaignId, campaignName, stepId, channel, class: messageClass }: Omit<PacedRow, 'at'>) => ({ deliveryId: id, campaignId, campaignName, stepId, channel, class: messageClass });

/** The first of the gates of pacing that makes it wait. */
function toldOf({ quiet, frequency }: PacingAnswer): Told | null {
  const wait: Wait | null = quiet ?? frequency;
  if (!wait) return null;
  const { rule, cap, winner } = wait.facts as { rule: string; cap?: string; winner?: Winner };
  return { code: quiet ? 'QUIET_HOURS_DEFERRED' : 'CAP_DEFERRED', rule, cap: cap ?? null, until: wait.until, winner: winner ?? null };
}
