/** Who asked, as the message to them may name it: `{{event.words}}`. A type, so that it can be properties of an entry. */
export type Telling = {
  feature: string;
  featureKey: string;
  askedAt: string;
  /** Absent where they only got a tag. */
  words?: string;
  /** Absent where nobody speaks any more. */
  teammate?: string;
  teammateEmail?: string;
};

export interface Speaker { id: string; name: string; email: string }
export interface Asked { askedAt: Date; words: string | null; taker: Speaker | null }

/** A message quotes as much; the rest is on the page of the person. */
const LONGEST_QUOTE = 500;

/** What the message to one of them may say. Whoever took their request speaks, else the owner of the feature. */
export function tellingOf(feature: { key: string; name: string; owner: Speaker | null }, { askedAt, words, taker }: Asked): Telling {
  const speaker = taker ?? feature.owner;
  return {
    feature: feature.name, featureKey: feature.key, askedAt: askedAt.toISOString(),
    ...(words === null ? {} : { words: quoteOf(words) }),
    ...(speaker === null ? {} : { teammate: speaker.name, teammateEmail: speaker.email }),
  };
}

/** On one line, and no longer than a quote may be: cut at a word where there is one. */
export function quoteOf(words: string): string {
  const line = words.trim().replaceAll(/\s+/g, ' ');
  const characters = [...line];
  if (characters.length <= LONGEST_QUOTE) return line;
  const cut = characters.slice(0, LONGEST_QUOTE - 1).join('');
  const space = cut.lastIndexOf(' ');
  return `${(space > LONGEST_QUOTE / 2 ? cut.slice(0, space) : cut).trimEnd()}…`;
}
