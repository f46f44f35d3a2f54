import type { Channel } from '../../contract/message.js';
import type { MessageClass, SendWindow } from '../../contract/pacing.js';
import type { Wait } from '../../kernel/gates.js';
import { isTimeZone } from '../../kernel/local-time.js';
import { rows, type Db } from '../../platform/database/db.js';
import type { Workspace } from '../../platform/workspace.js';
import { NIGHT } from '../preferences/domain/consent.js';
import { spread } from './domain/night.js';
import { pacingSettingsOf } from './domain/pacing-settings.js';
import { judgeQuiet, type Closing, type QuietWait } from './domain/quiet.js';
import { ruleOf } from './domain/rule-settings.js';

/** A message that asks whether this is an hour to go. */
export interface QuietAsk {
  id: string;
  personId: string;
  timeZone: string | null;
  transactional: boolean;
  class: MessageClass;
  /** Of its campaign. */
  sendWindow?: SendWindow;
}

interface Around { channel: Channel; now: Date; workspace: Workspace; /** Spread what waits for the morning over its first minutes. */ spreads: boolean }

/** What waits for a better hour in the zone of its person, and until when: for the morning, the end of quiet hours, or the campaign's own window. */
export async function quietOf(db: Db, asked: readonly QuietAsk[], around: Around): Promise<Map<string, Wait>> {
  const { channel, now, workspace, spreads } = around;
  const waits = new Map<string, Wait>();
  if (channel !== 'email' && channel !== 'in_app') return waits;
  const judge = quietJudge(workspace);
  const closed = asked.filter((ask) => judge({ ask, channel, now, atNight: false }));
  if (closed.length === 0) return waits;
  const atNight = await allowedAtNight(db, closed.map(({ personId }) => personId), around);
  for (const ask of closed) {
    const wait = quietWait(judge, { ask, channel, now, atNight: atNight.has(ask.personId) }, workspace, spreads);
    if (wait) waits.set(ask.id, wait);
  }
  return waits;
}

/** Until when one message waits for a better hour. @param spreads over the first minutes of the morning, each person at a place of their own, which a simulation knows too */
export function quietWait(judge: QuietJudge, asked: QuietQuestionOf, workspace: Workspace, spreads: boolean): Wait | null {
  const found = judge(asked);
  if (!found) return null;
  const late = spreads && found.facts.rule === 'night_gate' ? spread(asked.ask.personId, ruleOf(workspace, 'night_gate').parameters.spreadMinutes) : 0;
  return { until: late > 0 ? later(judge, asked, found.until, late) : found.until, facts: { ...found.facts } };
}

/** A place within the first minutes that lies in closed hours again (a short window) is given up for their beginning. */
function later(judge: QuietJudge, asked: QuietQuestionOf, end: Date, late: number): Date {
  const until = new Date(end.getTime() + late);
  return judge({ ...asked, now: until }) || until <= asked.now ? end : until;
}

/** One message at one moment; `atNight`: the person agreed to hear from us at night. */
export interface QuietQuestionOf { ask: Omit<QuietAsk, 'id'>; channel: Channel; now: Date; atNight: boolean }
export type QuietJudge = (asked: QuietQuestionOf) => QuietWait | null;

/** Most answers kept of one judge; those of a simulation have many moments. */
const KEPT = 20_000;

/** Judges by the rules of a workspace. Most people of a batch share a few zones and one campaign: each pair is judged once. */
export function quietJudge(workspace: Workspace): QuietJudge {
  const known = new Map<string, QuietWait | null>();
  // Reading the rules of a workspace checks what is stored of them: once for each kind of message.
  const kinds = new Map<string, { closings: readonly Closing[]; text: string }>();
  const kindOf = ({ transactional, class: level, sendWindow }: Pick<QuietAsk, 'transactional' | 'class' | 'sendWindow'>, channel: string, atNight: boolean) => {
    const key = `${channel} ${transactional} ${level} ${atNight} ${sendWindow ? JSON.stringify(sendWindow) : ''}`;
    const before = kinds.get(key);
    if (before) return before;
    const closings = closingsOf(workspace, { transactional, class: level, sendWindow, channel, atNight });
    const kind = { closings, text: `${closings.map(({ rule }) => rule).join()} ${JSON.stringify(sendWindow ?? null)}` };
    if (kinds.size < KEPT) kinds.set(key, kind);
    return kind;
  };
  return ({ ask, channel, now: at, atNight }) => {
    const { closings, text } = kindOf(ask, channel, atNight);
    if (closings.length === 0) return null;
    const wanted = ask.timeZone ?? workspace.timeZone;
    const key = `${wanted} ${at.getTime()} ${text}`;
    const before = known.get(key);
    if (before !== undefined) return before;
    const found = judgeQuiet(closings, at, isTimeZone(wanted) ? wanted : workspace.timeZone);
    if (known.size >= KEPT) known.clear();
    known.set(key, found);
    return found;
  };
}

/** The rules that close hours to one message. @param of `atNight`: its person agreed to hear from us at night */
export function closingsOf(workspace: Workspace, of: Pick<QuietAsk, 'transactional' | 'class' | 'sendWindow'> & { channel: string; atNight: boolean }): Closing[] {
  const { channel, transactional, atNight, sendWindow } = of;
  const night = ruleOf(workspace, 'night_gate');
  const { quietHours } = pacingSettingsOf(workspace);
  const named = (channels: readonly string[]) => channels.some((chosen) => chosen === channel);
  return [
    ...(night.on && !transactional && !atNight && named(night.parameters.channels) ? [{ rule: 'night_gate' as const, hours: night.parameters }] : []),
    ...(quietHours.on && !transactional && of.class !== 'essential' && (quietHours.channels.length === 0 || named(quietHours.channels)) ? [{ rule: 'quiet_hours' as const, hours: quietHours }] : []),
    ...(sendWindow ? [{ rule: 'send_window' as const, window: sendWindow }] : []),
  ];
}

/** Those who agreed to hear from us over this channel at night. */
export async function allowedAtNight(db: Db, personIds: readonly string[], { channel, now, workspace }: Pick<Around, 'channel' | 'now' | 'workspace'>): Promise<Set<string>> {
  const { on, parameters } = ruleOf(workspace, 'night_gate');
  if (!on || !parameters.channels.some((chosen) => chosen === channel)) return new Set();
  const allowed = await rows<{ personId: string }>(db, `
    select c.person_id as "personId" from consent as c
     where c.person_id = any($1::uuid[]) and c.channel = $2 and c.topic = $3 and c.state = 'subscribed' and c.at <= $4::timestamptz`, [personIds, channel, NIGHT, now]);
  return new Set(allowed.map(({ personId }) => personId));
}
