/**
 * What people do with an in-app message, and when that ends its display. The one place that says what the words mean:
 *
 * - **seen**: it was rendered in a visible tab.
 * - **interacted**: it was opened (unfolded, or looked at closely), or anything that is more.
 * - **engaged**: what it asked for was done: it was clicked, it was replied to, or the goal that ends the run was reached.
 * - **dismissed**: put away; that ends the display at once, whatever the author chose, and is no engagement.
 *
 * A message whose display has stopped stays in the inbox until it expires or is recalled.
 */
export const INBOX_ACTIONS = ['seen', 'open', 'click', 'reply', 'dismiss'] as const;
export type InboxAction = (typeof INBOX_ACTIONS)[number];
export type StopsAt = 'seen' | 'interacted' | 'engaged';

/** When each of these first happened. */
export interface Touches {
  seenAt: Date | null;
  openedAt: Date | null;
  clickedAt: Date | null;
  repliedAt: Date | null;
  /** The goal that ended the run. */
  goalAt: Date | null;
  dismissedAt: Date | null;
}

const MARK: Record<InboxAction, keyof Touches> = { seen: 'seenAt', open: 'openedAt', click: 'clickedAt', reply: 'repliedAt', dismiss: 'dismissedAt' };

/** What an action adds. Whoever did anything has seen it; nothing is added twice. */
export function newActions(touches: Touches, action: InboxAction): InboxAction[] {
  const implied: InboxAction[] = action === 'seen' ? ['seen'] : ['seen', action];
  return implied.filter((one) => touches[MARK[one]] === null);
}

export function touched(touches: Touches, actions: readonly InboxAction[], at: Date): Touches {
  return actions.reduce((after, action) => ({ ...after, [MARK[action]]: at }), touches);
}

const earliest = (...moments: (Date | null)[]): Date | null => moments.reduce((first, at) => (at !== null && (first === null || at < first) ? at : first), null);

export const engagedAt = ({ clickedAt, repliedAt, goalAt }: Touches): Date | null => earliest(clickedAt, repliedAt, goalAt);
export const interactedAt = (touches: Touches): Date | null => earliest(touches.openedAt, engagedAt(touches));

/** When the display ended; null while it goes on. */
export function stoppedAt(until: StopsAt = 'seen', touches: Touches): Date | null {
  const reached = until === 'engaged' ? engagedAt(touches) : until === 'interacted' ? interactedAt(touches) : earliest(touches.seenAt, interactedAt(touches));
  return earliest(reached, touches.dismissedAt);
}
