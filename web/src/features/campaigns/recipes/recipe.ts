/** The kinds of steps a recipe's picture shows. */
export type Kind = 'entry' | 'email' | 'in_app' | 'wait' | 'wait_until' | 'branch' | 'goal';

/** What a recipe is made with: its words in the language of the workspace and in the other one, and the messages that come with Danbi. */
export interface Kit {
  language: Language;
  /** Words of this recipe, such as `name`. */
  say(part: string, language?: Language): string;
  /** The content of a starter in the language of the workspace, with the other one as its translation. */
  starter(key: string): object;
  /** The segment that {@link Recipe.segment} describes; empty for a recipe without one. */
  segmentId: string;
}
export type Language = 'en' | 'ko';

/** A campaign to begin with. */
export interface Recipe {
  key: RecipeKey;
  /** What it does, in its order; what is drawn on its card. */
  shape: readonly Kind[];
  /** Attributes and events it asks about. Where there are none yet, nobody enters until they come. */
  needs: { attributes: readonly string[]; events: readonly string[] };
  /** Messages of Danbi it contains. */
  starters: readonly string[];
  /** Whom it takes in, as a condition. */
  segment?: object;
  /** A draft, whole unless the recipe is one for beginning from nothing. */
  definition(kit: Kit): { type: 'series' | 'broadcast' } & Record<string, unknown>;
}
export type RecipeKey = 'welcome' | 'trial' | 'onboarding' | 'winBack' | 'feature' | 'shipped' | 'review' | 'trialEnding' | 'oneOff' | 'blank';

const other = (language: Language): Language => (language === 'en' ? 'ko' : 'en');

export const entersBy = (segmentId: string) => ({ type: 'segment', segmentId, take: 'current_and_future' });

/** An e-mail of one variant, or of several that share the people evenly. */
export const email = (id: string, name: string, contents: readonly object[], next: string | null) => ({
  id, type: 'message', channel: 'email', name, next, variants: contents.map((content, index) => ({ key: 'ABCDEFGH'[index], content })),
});

/** An in-app message of the recipe's own words, translated. */
export const inApp = ({ language, say }: Kit, id: string, next: string | null) => ({
  id, type: 'message', channel: 'in_app', name: say('inAppName'), next,
  variants: [{ key: 'A', content: { format: 'slide_in', title: say('inAppTitle'), body: say('inAppBody'), language, translations: { [other(language)]: { title: say('inAppTitle', other(language)), body: say('inAppBody', other(language)) } } } }],
});

export const starterInApp = (id: string, name: string, content: object, next: string | null) => ({ id, type: 'message', channel: 'in_app', name, next, variants: [{ key: 'A', content }] });

/** Somebody does this within two weeks; their run ends there. */
export const goalEvent = (name: string, event: string) => ({ key: 'goal', name, primary: true, exits: true, window: { days: 14 }, event: { name: event } });
