import { PacingSettings } from '../../../contract/pacing.js';

const UNSET = PacingSettings.parse({});
const read = new WeakMap<object, PacingSettings>();

/** What a workspace says about pace. Stored settings that are no longer valid count as not set. */
export function pacingSettingsOf({ settings }: { settings: { pacing?: unknown } }): PacingSettings {
  const { pacing } = settings;
  if (typeof pacing !== 'object' || pacing === null) return UNSET;
  const known = read.get(pacing);
  if (known) return known;
  const parsed = PacingSettings.safeParse(pacing);
  const found = parsed.success ? parsed.data : UNSET;
  read.set(pacing, found);
  return found;
}
