import type { BroadcastDefinition } from '../../contract/campaign.js';
import type { MessageClass } from '../../contract/pacing.js';
import type { Place } from '../../delivery/rules/domain/caps.js';
import type { KeptPlaces } from '../../delivery/rules/kept-places.js';
import { nextLocalTime } from '../../kernel/local-time.js';
import type { Db } from '../../platform/database/db.js';
import { loadWorkspace } from '../../platform/workspace.js';
import { isTransactional } from '../auto/store/in-app.store.js';
import { pacingOf } from '../domain/published.js';
import { launchesBefore, meantBy, openDisplays, waitingInBroadcasts, type ComingLaunch } from '../store/kept-places.store.js';
import { loadVersion, type CampaignVersion } from '../store/versions.store.js';
import { whoMeets } from './conditions.js';
import { zonesOf } from './people.js';

const HOUR_MS = 3_600_000;

/**
 * Places with people that are not in the queue of messages: displays under way, and broadcasts that said they want room. A launch that is
 * cancelled, or a person who leaves its audience, keeps no place any more: nothing is written down, it is looked up.
 */
export const campaignPlaces: KeptPlaces = {
  async keptFor(db, personIds, { now, until }) {
    const places = new Map<string, Place[]>();
    const add = (personId: string, place: Place) => { places.set(personId, [...(places.get(personId) ?? []), place]); };
    for (const { personId, ...display } of await openDisplays(db, personIds, now)) add(personId, { ...display, channel: 'in_app', topic: null, transactional: false, stepId: null, at: null, kept: false });
    // Thousands of people wait in a few versions: what a message of theirs takes is looked up once for each.
    const known = new Map<string, ReturnType<typeof placeOf>>();
    const placeIn = (version: CampaignVersion) => {
      const found = known.get(version.id) ?? placeOf(db, version);
      known.set(version.id, found);
      return found;
    };
    for (const { personId, versionId, at } of await waitingInBroadcasts(db, personIds, until)) {
      const place = await placeIn(await loadVersion(db, versionId));
      if (place) add(personId, { ...place, at });
    }
    for (const launch of await launchesBefore(db, until)) {
      const version = await loadVersion(db, launch.versionId);
      const place = await placeIn(version);
      if (!place || launch.dueAt.getTime() - (pacingOf(version.published).reserveHours ?? 0) * HOUR_MS > now.getTime()) continue;
      for (const [personId, at] of await comingTo(db, { version, launch, personIds }, now)) if (at < until) add(personId, { ...place, at });
    }
    return places;
  },
};

/** The place that one person's message of a broadcast takes; null when it keeps none. */
async function placeOf(db: Db, version: CampaignVersion): Promise<Omit<Place, 'at'> | null> {
  const { definition } = version.published;
  const { reserveHours, class: messageClass } = pacingOf(version.published);
  if (definition.type !== 'broadcast' || !definition.message || reserveHours === undefined) return null;
  const { channel, topic, id } = definition.message;
  return { campaignId: version.campaignId, stepId: id, deliveryId: null, channel, topic, transactional: await isTransactional(db, topic), class: messageClass satisfies MessageClass, kept: true };
}

/** Who of these people a launch is to reach, and when. */
async function comingTo(db: Db, { version, launch, personIds }: { version: CampaignVersion; launch: ComingLaunch; personIds: readonly string[] }, now: Date): Promise<Map<string, Date>> {
  const meant = await meantBy(db, launch, personIds);
  const workspaceZone = (await loadWorkspace(db)).timeZone;
  const { audience, definition } = version.published;
  const inside = audience && meant.length > 0 ? await whoMeets(db, audience, meant, { now, zone: workspaceZone }) : new Set(meant);
  const { localTime } = definition as BroadcastDefinition;
  const zones = localTime ? await zonesOf(db, [...inside], workspaceZone) : null;
  return new Map([...inside].map((id) => [id, zones && localTime ? nextLocalTime(launch.dueAt, localTime, zones.get(id) ?? workspaceZone) : launch.dueAt]));
}
