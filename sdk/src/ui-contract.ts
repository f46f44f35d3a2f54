import type { LaidOut, SurveyAnswer } from '../../src/contract/visitor-wire.js';

/** What happened with a message, told to the core by the chunk that displays it. */
export interface UiEvents {
  /** It is painted in a visible tab: the impression. */
  shown(): void;
  /** Looked at closely: unfolded, or focus moved into it. */
  open(): void;
  /** A button, from 0; `url` when it leads somewhere. */
  click(button: number, url?: string): void;
  /** A survey's answer or a reply. */
  reply(answer: SurveyAnswer): void;
  /** Put away by the visitor. Not called for {@link Shown.close}. */
  dismiss(): void;
  /** It is off the page, whatever the reason, {@link Shown.close} and a button without a target too: the next may come. Once, and last. */
  gone(): void;
}

/** A message on the page. */
export interface Shown {
  /** Takes it away without a word: recalled, or the page has changed. */
  close(): void;
}

/** The chunk that is loaded when the first message may come: `import(url)` answers a module with this shape. */
export interface UiModule {
  /** Displays a message at once. Throws nothing; what can not be displayed calls `dismiss`. */
  show(message: LaidOut, events: UiEvents): Shown;
}
