import type { Channel } from '../../contract/message.js';
import { isTimeZone } from '../../kernel/local-time.js';
import { rows, type Db } from '../../platform/database/db.js';
import type { Workspace } from '../../platform/workspace.js';
import { NIGHT } from '../preferences/domain/consent.js';
import { nightEnd } from './domain/night.js';
import { ruleOf } from './domain/rule-settings.js';

/** Somebody a message is for. */
export interface NightQuestion { personId: string; timeZone: string | null; transactional: boolean }

/** Why a message waits: its person is in the night and did not allow it. */
export interface InTheNight { until: Date; zone: string; from: string; to: string }

/** Who of these people may get no advertising over a channel now, and until when: those in their night who gave no night consent. */
export async function heldByNight(db: Db, asked: readonly NightQuestion[], { channel, now, workspace }: { channel: Channel; now: Date; workspace: Workspace }): Promise<Map<string, InTheNight>> {
  const { on, parameters: { channels, from, to } } = ruleOf(workspace, 'night_gate');
  const held = new Map<string, InTheNight>();
  if (!on || !channels.some((chosen) => chosen === channel)) return held;
  const zones = new Map<string, { zone: string; until: Date | null }>();
  for (const { personId, timeZone, transactional } of asked) {
    const named = timeZone ?? workspace.timeZone;
    let known = zones.get(named);
    if (!known) {
      const zone = isTimeZone(named) ? named : workspace.timeZone;
      zones.set(named, (known = { zone, until: nightEnd(now, { from, to }, zone) }));
    }
    if (known.until && !transactional) held.set(personId, { until: known.until, zone: known.zone, from, to });
  }
  if (held.size === 0) return held;
  const allowed = await rows<{ personId: string }>(db, `
    select c.person_id as "personId" from consent as c
     where c.person_id = any($1::uuid[]) and c.channel = $2 and c.topic = $3 and c.state = 'subscribed' and c.at <= $4::timestamptz`, [[...held.keys()], channel, NIGHT, now]);
  for (const { personId } of allowed) held.delete(personId);
  return held;
}

/** In words, for the ledger. The code of why is that of the consent that is missing. */
export const nightDetail = ({ zone, from, to }: InTheNight): string => `NIGHT_CONSENT_MISSING: ${from} to ${to} in ${zone}`;
