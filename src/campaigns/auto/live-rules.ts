import type { AutoMessageDefinition } from '../../contract/campaign.js';
import type { Display } from '../../contract/display.js';
import type { StopsAt } from '../../delivery/inbox/domain/display.js';
import type { Db } from '../../platform/database/db.js';
import { mayDisplay, displayFacts } from '../domain/display-frequency.js';
import { conditionPlace } from '../domain/published.js';
import { loadVersion, type CampaignVersion } from '../store/versions.store.js';
import { displayedBy, displayedOf, idsOf } from './store/displayed.store.js';
import { liveAutoMessages, segmentsOf } from './store/live.store.js';

/** An auto message that may come to somebody, as far as is known before its moment. */
export interface LiveRule {
  campaignId: string;
  /** Number of the version. */
  version: number;
  display: Display;
  /** Place of the message's own format, for a display that names none. */
  message: AutoMessageDefinition['message'];
}

/** The definition of an auto message's version. */
export function autoMessageOf({ id, published }: CampaignVersion): AutoMessageDefinition {
  if (published.definition.type !== 'auto_message') throw new TypeError(`version ${id} is none of an auto message`);
  return published.definition;
}

/**
 * The auto messages this person may get, essential ones first, then the higher priority, and among equals the older campaign: running, in their schedule or
 * before it, cap not used up, the person in the audience as it is maintained, and not through with it. Somebody without a
 * row (`null`) gets those without an audience. Only a claim decides, exactly.
 */
export async function liveRulesFor(db: Db, personId: string | null, now: Date): Promise<LiveRule[]> {
  const live = await liveAutoMessages(db);
  const loaded = await Promise.all(live.map(async ({ versionId, taken }) => ({ version: await loadVersion(db, versionId), taken: Number(taken ?? 0) })));
  const current = loaded.filter(({ version, taken }) => {
    const { cap, schedule } = autoMessageOf(version).display;
    return (cap === undefined || taken < cap) && (schedule?.until === undefined || new Date(schedule.until) > now);
  });
  const open = await withoutOthersAudience(db, personId, current.map(({ version }) => version));
  const left = personId === null ? open : await withoutThrough(db, personId, open, now);
  return left
    .map((version) => ({ campaignId: version.campaignId, version: version.number, display: autoMessageOf(version).display, message: autoMessageOf(version).message }))
    .sort((a, b) => rank(b) - rank(a));
}

const rank = ({ display }: LiveRule): number => display.priority + (display.class === 'essential' ? 1_000 : 0);

const audienceOf = ({ published }: CampaignVersion): string | undefined => published.conditions[conditionPlace.audience];

async function withoutOthersAudience(db: Db, personId: string | null, versions: CampaignVersion[]): Promise<CampaignVersion[]> {
  const inside = personId === null ? new Set<string>() : await segmentsOf(db, personId, versions.flatMap((version) => audienceOf(version) ?? []));
  return versions.filter((version) => {
    const segment = audienceOf(version);
    return segment === undefined || inside.has(segment);
  });
}

/** An interval that is still running may end while the page is open, so only what time does not change leaves a rule out. */
async function withoutThrough(db: Db, personId: string, versions: CampaignVersion[], now: Date): Promise<CampaignVersion[]> {
  if (versions.length === 0) return versions;
  const displayed = await displayedOf(db, await idsOf(db, personId), versions.map(({ campaignId }) => campaignId), null);
  return versions.filter((version) => {
    const { display, message } = autoMessageOf(version);
    const facts = displayFacts(display.frequency, displayedBy(displayed.get(version.campaignId), commonUntil(message)), 'UTC');
    const { may, from } = mayDisplay(facts, now);
    return may || from !== null;
  });
}

/** What all variants say; where they differ only the claim, which knows the person's variant, can tell. */
function commonUntil({ variants }: AutoMessageDefinition['message']): StopsAt | undefined {
  const [first, ...others] = variants.map(({ content }) => content.until);
  return others.every((until) => until === first) ? first : undefined;
}
