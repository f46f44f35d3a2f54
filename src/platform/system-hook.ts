/** A notice of Danbi itself to one endpoint of the team: as data for systems, as text for chats. */
export interface SystemHookMessage {
  /** The same for every try: receivers drop what they have had (Standard Webhooks, `webhook-id`). */
  id: string;
  endpointId: string;
  /** `danbi.alarm` */
  type: string;
  at: Date;
  data: Record<string, unknown>;
  title: string;
  text: string;
  /** `#RRGGBB` */
  color: string;
  link: { label: string; url: string };
}

/** `answer`: status or fault. `later`: may be tried again; the receiver may have had it, and knows it by its id. */
export type SystemHookResult = { kind: 'accepted' | 'refused' | 'later'; answer: string };

/** Posts notices of Danbi to endpoints of the team. Nothing of it is counted as a delivery. */
export abstract class SystemHook {
  abstract send(message: SystemHookMessage): Promise<SystemHookResult>;
}
