/**
 * What browser and server say to each other. Types only, without imports: the SDK takes them from here, so that there is one
 * spelling. Names are short because 50 rules have to fit into 3 KB; times are milliseconds.
 *
 * Every request is a POST of JSON as text/plain without headers of its own and without credentials, so that no browser asks
 * for permission first. Errors are `{error, code, message}` like those of ingestion.
 */

/** Who asks. The server never trusts `u` more than the proof that comes with it. */
export interface Caller {
  /** Write key. */
  k: string;
  /** Anonymous id of this browser. */
  a: string;
  /** The site's own id of the user, after `identify`. */
  u?: string;
  /** Proof of `u`: HMAC-SHA256 of it in hex (`user_hash`), or a JWT. */
  h?: string;
  j?: string;
}

/** POST /v1/boot */
export interface BootRequest extends Caller {
  /** `e` of the answer that is still known. The answer is 304 when nothing has changed. */
  e?: string;
  /** Version of the SDK. */
  v: string;
}

export interface BootAnswer {
  /** Names the rest, as the ETag does: goes into the next request, so that what has not changed is not said again. */
  e?: string;
  /** Nothing is to be done on this site: stop, and store nothing. */
  off?: 1;
  /** Site settings that differ from their defaults. */
  s?: SiteSettings;
  /** Ids of shared segments this person is in and rules ask for in the browser. */
  g?: readonly string[];
  /** Auto messages this person may get, by priority. */
  r?: readonly WireRule[];
  /** In-app messages that wait to be displayed, oldest first: ids of deliveries. */
  d?: readonly string[];
  /** Unread messages in the inbox. */
  n?: number;
  /** Ticket for `GET /v1/stream?t=`, good for five minutes; absent when nothing would come. */
  q?: string;
  /** The user is known and proven. */
  p?: 1;
}

export interface SiteSettings {
  /** Seconds without activity after which nobody is attentive; 60. */
  idle?: number;
  /** The part after # names pages. */
  hash?: 1;
  /** Query parameters that do not make another page, beside the usual ones. */
  ignore?: readonly string[];
  /** Before the visitor has said anything: `granted` when absent. */
  consent?: 'pending';
  /** GPC and DNT are not read as a denial. */
  gpc?: 0;
  /** Selector of the element that scrolls, where it is not the page. */
  scroll?: string;
}

/** An auto message, as far as the browser decides. They come in the order in which they are displayed. */
export interface WireRule {
  /** Id of the campaign. */
  i: string;
  /** All of these must hold, none of those. */
  w?: readonly WireCondition[];
  x?: readonly WireCondition[];
  /** Moments between which it runs. */
  b?: readonly [from: number, to?: number];
  /** Trigger. */
  t: WireTrigger;
  /** Slot; 1 for the class `essential`. */
  s?: 'corner' | 'top' | 'bottom' | 'center';
  e?: 1;
  /** May be displayed more than once in a visit. */
  y?: 1;
}

/** One of the expressions matches somewhere in the text of the fact. */
export type WireCondition = readonly [fact: WireFact, ...expressions: WireExpression[]];

/**
 * What a browser knows, as texts, so that whatever a rule asks is asked with one matcher:
 * 0 host and path, by `page_location`; 1 the query with which the page visit began, as `URLSearchParams` writes it (`&a=1&b=&`, `&&` for none);
 * 2 the host of the page before, behind a dot, a dot for none; 3 whether it is a device without a mouse and with a small window (`true`, `false`);
 * 4 its languages in lower case (`,ko-kr,en,`); 5 a dot for each visit of this browser, this one included; 6 the clock on the visitor's
 * wall, as every browser writes it (`Sun Nov 22 2026 09:30:00 GMT+0900 …`).
 */
export type WireFact = 0 | 1 | 2 | 3 | 4 | 5 | 6;

/**
 * An expression as steps of an automaton, so that no browser ever goes back in a text. A text is the source of an expression
 * (flag `u`) that matches here in one way at most; numbers are the steps to go on with, counted from this one. Behind the last
 * step it has matched. A text alone is the only step.
 */
export type WireExpression = string | readonly (string | readonly number[])[];

export type WireTrigger =
  /** Dwell in ms, 0 for a page that is seen; scope: 1 path in session, 2 session; idle in s, 0 never; 1 for focus required. */
  | { k: 'd'; n: number; s?: 1 | 2; i?: number; f?: 1 }
  | { k: 's'; n: number }
  | { k: 'x'; t?: 1 }
  | { k: 'e'; n: string }
  | { k: 'm' };

/** POST /v1/claim: may this be displayed, now, in this tab? */
export interface ClaimRequest extends Caller {
  /** An auto message by its campaign, or an in-app message by its delivery. */
  r?: string;
  d?: string;
  /** Made by the browser for this attempt: asking again with the same answers the same. A UUID. */
  c: string;
  /** The visit: with `oncePerVisit` not twice in one. A UUID. */
  s: string;
  /** Address of the page, and what fulfilled the trigger. */
  url: string;
  why?: { dwell?: number; scroll?: number; event?: string };
}

export type ClaimAnswer =
  /** Display it, and confirm the impression within `ms`; otherwise the slot goes back. `g`: control, confirm without displaying. */
  | { ok: 1; ms: number; m?: LaidOut; g?: 1 }
  /** Not now: the code of the gate, and in how many ms from now asking again can make sense. `n` absent: not on this page visit. */
  | { ok: 0; why: string; n?: number };

/** POST /v1/ack: what happened with a claim. `shown` is the impression; saying anything again changes nothing. */
export interface AckRequest extends Caller {
  c: string;
  /** `back`: it was not displayed after all, the slot is free at once. */
  do: 'shown' | 'back' | 'open' | 'click' | 'reply' | 'dismiss';
  /** Which button, from 0. */
  b?: number;
  /** Answers of a survey or the text of a reply. */
  v?: SurveyAnswer;
}
export interface SurveyAnswer {
  score?: number;
  choices?: readonly string[];
  text?: string;
}
/** `ok: 0`: the lease was over and somebody else has the slot; take the message away. */
export interface AckAnswer { ok: 0 | 1; why?: string }

/** A message by its parts, as the inbox tells it. Contains no markup, only nodes. */
export interface DisplayMessage {
  /** Campaign and delivery, as far as there are. */
  i?: string;
  d?: string;
  f: 'chat' | 'banner' | 'modal' | 'slide_in' | 'survey';
  /** Language of the texts. */
  l?: string;
  /** It is written from right to left. */
  r?: 1;
  title?: string;
  /** The body. */
  n: readonly WireNode[];
  /** Image above the body: address, alternative text. */
  img?: readonly [string, string];
  /** Buttons: label, target (absent: it closes). */
  b?: readonly (readonly [string, string?])[];
  survey?: WireSurvey;
  /** Colours as #rrggbb; `on`: of words on the accent. */
  theme?: { accent?: string; background?: string; text?: string; on?: string; dark?: 1 };
  /** What the display itself says, in the language of the message. */
  w: WireWords;
  slot?: 'corner' | 'top' | 'bottom' | 'center';
  /** It may be replied to (chat). */
  reply?: 1;
}

/** Names of what can be done, and what is said to screen readers. */
export type WireWords = readonly [close: string, name: string, announcement: string, choose: string, reply: string, send: string, sent: string];

/** A message as it is displayed: one tree of nodes, which the browser builds with createElement. */
export interface LaidOut {
  /** Campaign and delivery, as far as there are. */
  i?: string;
  d?: string;
  /** The card: `dialog` is a modal one. */
  n: WireNode;
  /** Colours as #rrggbb: they become custom properties of these names. */
  t: { accent: string; background: string; text: string; on: string };
  /** What is said to screen readers, and what to whom sends a form: that an answer is missing, and what stands there afterwards (survey) or is announced (reply). */
  w: readonly [announcement: string, choose?: string, after?: string];
}

/** Text, or an element: tag, attributes (0 for none), children. Tags and attributes are those of content/domain/nodes.ts. */
export type WireNode = string | readonly [tag: string, attributes: Readonly<Record<string, string>> | 0, ...children: WireNode[]];

export interface WireSurvey {
  k: 'nps' | 'csat' | 'choice' | 'text';
  question: string;
  /** NPS and CSAT: words at both ends. */
  ends?: readonly [string, string];
  /** What can be taken, scores too: key, label, what is read out where that says more. */
  choices?: readonly (readonly [string, string, string?])[];
  /** Several choices. */
  many?: 1;
  /** Label of a free text beside the answer. */
  comment?: string;
  submit: string;
  thanks: string;
}

/**
 * GET /v1/stream?t=&i=: what the `data` of an event says; a frame may come twice. The id of an event says up to where news was told: opaque, goes into
 * the next request as `i` (or Last-Event-ID). With `wait=25`, where a proxy holds streams back, the answer ends with the first news, at the latest
 * after so many seconds (1 to 25).
 */
export type StreamData =
  | StreamFrame
  /** A sign of life, with each id that no frame carries. */
  | 0
  /** This process ends: come back in so many ms. */
  | { w: number };

export type StreamFrame =
  /** A new in-app message waits: claim it. */
  | { d: string }
  /** A message was taken back, by delivery or claim. */
  | { x: string }
  /** Rules or segments have changed: boot again. */
  | { r: 1 }
  /** Unread in the inbox. */
  | { n: number };

/** POST /v1/inbox: this person's messages, newest first, whether or not they are still displayed unasked. */
export interface InboxRequest extends Caller {
  /** At most so many: 1 to 50, 20 when absent. */
  n?: number;
  /** `next` of the page before. */
  after?: string;
}
export interface InboxAnswer {
  m: readonly InboxEntry[];
  /** Unread, on all pages together. */
  n: number;
  /** There are older ones. */
  next?: string;
}
export interface InboxEntry {
  /** Delivery. */
  d: string;
  /** When it came. */
  t: number;
  /** It was seen; something was done with it that its author hoped for; it was put away. */
  s?: 1;
  e?: 1;
  x?: 1;
  m: DisplayMessage;
}

/** POST /v1/inbox/act: what somebody did with a message of the inbox. Saying it again changes nothing. */
export interface InboxActRequest extends Caller {
  d: string;
  do: 'seen' | 'open' | 'click' | 'reply' | 'dismiss';
  /** Which button, from 0. */
  b?: number;
}
/** The message as it is now, and the number unread. */
export interface InboxActAnswer { m: InboxEntry; n: number }
