/** A message of Danbi itself to one of its users. */
export interface SystemMailMessage {
  /** The same for every try, so that a retry is the same message (Message-ID, Date). */
  id: string;
  to: string;
  date: Date;
  /** What it is about, for headers: `digest`. */
  topic: string;
  subject: string;
  html: string;
  text: string;
  /** One-click unsubscription (RFC 8058). */
  unsubscribeUrl: string;
}

/** `answer`: the words of the relay. `later`: it was certainly not taken, and may be tried again. `uncertain`: nobody knows. */
export type SystemMailResult = { kind: 'accepted' | 'refused' | 'later' | 'uncertain'; answer: string };

/** Sends mail of Danbi to its users over the relay that is tried first. Nothing of it is counted. */
export abstract class SystemMail {
  abstract send(message: SystemMailMessage): Promise<SystemMailResult>;
}
