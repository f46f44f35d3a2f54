import { SafetySettings } from '../../../contract/safety.js';

const UNSET = SafetySettings.parse({});
const read = new WeakMap<object, SafetySettings>();

/** What a workspace says about speed and size. Stored settings that are no longer valid count as not set. */
export function safetyOf({ settings }: { settings: { safety?: unknown } }): SafetySettings {
  const { safety } = settings;
  if (typeof safety !== 'object' || safety === null) return UNSET;
  const known = read.get(safety);
  if (known) return known;
  const parsed = SafetySettings.safeParse(safety);
  const found = parsed.success ? parsed.data : UNSET;
  read.set(safety, found);
  return found;
}
