/** What a site sees of Danbi. Types alone and no imports: this file is published as it is. */

/** Answers of a visitor, by purpose. `pending`: has not answered yet. */
export type ConsentState = 'granted' | 'denied' | 'pending';

export interface Consent {
  /** Events are sent and kept. */
  analytics: ConsentState;
  /** Messages are displayed. */
  messages: ConsentState;
}

/** Properties of events and traits of people: JSON. */
export type Properties = Record<string, unknown>;

export interface Options {
  /** Write key of the site. */
  key: string;
  /** Where Danbi is, "https://danbi.example.com". The script tag knows it from its own address. */
  host?: string;
  /** `manual`: nothing is stored or sent before {@link Danbi.consent}. */
  consent?: 'manual';
  /** `none`: no cookie and no storage; the id lasts as long as the page visit. */
  storage?: 'none';
  /** `false`: the site calls {@link Danbi.page} itself. */
  pages?: boolean;
  /** Says on the console what is refused. */
  debug?: boolean;
}

/** Proof that the site knows who the user is, made by the site's server. */
export interface Proof {
  /** HMAC-SHA256 of the user id with the workspace's secret, in hex. */
  userHash?: string;
  /** A signed token with the user id as `sub`. */
  jwt?: string;
}

/** A message, as events name it. */
export interface MessageInfo {
  /** Campaign, where it is an auto message. */
  campaign?: string;
  /** Delivery, where it is one of a campaign to this person. */
  delivery?: string;
  /** The impression. */
  claim: string;
}

export interface DanbiEvents {
  /** Settings and rules are here. */
  ready: { messages: number };
  /** All a browser decides about this message is true. */
  rule: { campaign: string };
  /** It is about to be displayed. */
  message: MessageInfo;
  /** It was displayed. */
  impression: MessageInfo;
  click: MessageInfo & { button: number; url?: string };
  reply: MessageInfo & { answer: { score?: number; choices?: readonly string[]; text?: string } };
  dismiss: MessageInfo;
  /** Unread messages in the inbox. */
  unread: number;
}

/** A message in the inbox, as the server tells it. */
export interface InboxEntry {
  /** Id of the delivery. */
  d: string;
  /** When it came, ms since 1970. */
  t: number;
  /** It was seen; something was done with it that its author hoped for; it was put away. */
  s?: 1;
  e?: 1;
  x?: 1;
  /** The message: `title`, nodes of the body in `n`, buttons in `b`. */
  m: { title?: string; [field: string]: unknown };
}

/** Messages of a person, newest first. A user who is not proven as the workspace asks has none. */
export interface Inbox {
  /** Unread messages, as far as this page knows. */
  unread(): number;
  /** @param after `next` of the page before */
  list(after?: string): Promise<{ m: readonly InboxEntry[]; n: number; next?: string }>;
  /** Says what was done with a message. @param button which one, from 0 */
  act(delivery: string, what: 'seen' | 'open' | 'click' | 'reply' | 'dismiss', button?: number): Promise<{ m: InboxEntry; n: number }>;
}

export interface Danbi {
  /** Begins; once in a page. With the script tag, `data-key` does it. */
  init(options: Options): void;
  /** Says who the visitor is. Another user than before gets an anonymous id of their own. */
  identify(userId: string, traits?: Properties, proof?: Proof): void;
  track(event: string, properties?: Properties): void;
  page(name?: string, properties?: Properties): void;
  group(groupId: string, traits?: Properties): void;
  /** Joins what an earlier id has done to a user. */
  alias(userId: string, previousId?: string): void;
  /** Forgets the user and takes another anonymous id: after a sign-out. */
  reset(): void;
  /** The visitor's answer. What is left out stays as it is. */
  consent(answer: Partial<Consent>): void;
  /** Calls `fn` from now on. @returns a function that ends it */
  on<E extends keyof DanbiEvents>(event: E, fn: (detail: DanbiEvents[E]) => void): () => void;
  /** Displays an auto message now, when its audience and its limits allow. */
  show(campaign: string): void;
  inbox(): Inbox;
}
