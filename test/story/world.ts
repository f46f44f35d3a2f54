/** The people of the founding story and what each of them will do. Plain data from a seeded generator; nothing of Danbi in it. */

export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;
/** Sign-ups lie on full hours, everything people do lies 7 minutes after one: no action ever ties with a due moment. */
const ACTION_MINUTE = 7 * 60_000;
/** Hours between the moments at which anything begins: what a story costs is its moments, at each of which every worker looks. */
const GRID = Number(process.env.DANBI_STORY_GRID ?? 3);

export const START = Date.UTC(2026, 2, 22);
export const SIGN_UP_DAYS = 14;
export const END = START + 40 * DAY;
/** Berlin changes to summer time on 29 March 2026, in the middle of the sign-ups. */
export const ZONES = ['Asia/Seoul', 'Europe/Berlin', 'America/New_York'] as const;

export interface StoryPerson {
  userId: string;
  zone: (typeof ZONES)[number];
  language: 'ko' | 'en';
  firstName: string | null;
  email: string | null;
  signedUpAt: number;
  /** Instants of "App Opened". */
  opens: number[];
  /** First "Project Created", if ever. */
  projectAt: number | null;
  /** First "Teammate Invited", the goal, if ever. */
  invitedAt: number | null;
  readsWelcome: boolean;
  clicksWelcome: boolean;
  unsubscribes: boolean;
  seesNudge: boolean;
}

const KOREAN = ['지우', '서연', '민준', '하은', '도윤'];
const ENGLISH = ['Anna', 'Ben', "O'Brien", 'Zoë', 'Kim'];

/** mulberry32: small, seeded, good enough to shuffle a story. */
export function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export function storyPeople(count: number, seed = 20_260_322): StoryPerson[] {
  const next = random(seed);
  const chance = (share: number) => next() < share;
  const hoursAfter = (from: number, hours: number) => from + Math.floor((next() * hours) / GRID) * GRID * HOUR + ACTION_MINUTE;
  return Array.from({ length: count }, (_, index) => {
    const zone = ZONES[index % 3]!;
    const korean = zone === 'Asia/Seoul';
    const signedUpAt = START + Math.floor((next() * SIGN_UP_DAYS * 24) / GRID) * GRID * HOUR;
    const names = korean ? KOREAN : ENGLISH;
    const readsWelcome = chance(0.5);
    const clicksWelcome = readsWelcome && chance(0.4);
    return {
      userId: `user-${String(index).padStart(5, '0')}`,
      zone,
      language: korean ? 'ko' : 'en',
      firstName: chance(0.97) ? names[Math.floor(next() * names.length)]! : null,
      email: chance(0.98) ? `user-${index}@example.org` : null,
      signedUpAt,
      opens: Array.from({ length: Math.floor(next() * 5) }, () => hoursAfter(signedUpAt, 80)),
      projectAt: chance(0.4) ? hoursAfter(signedUpAt, 13 * 24) : null,
      invitedAt: chance(0.25) ? hoursAfter(signedUpAt, 12 * 24) : null,
      readsWelcome,
      clicksWelcome,
      unsubscribes: !clicksWelcome && chance(0.05),
      seesNudge: chance(0.5),
    } satisfies StoryPerson;
  });
}
