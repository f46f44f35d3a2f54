import { IconArrowsSplit2, IconTag, IconClock, IconDoorExit, IconHourglass, IconMail, IconMessage, IconMessages, IconGitBranch, IconWebhook } from '../../../ui/icons.ts';
import type { Kind } from './model.js';

const ICONS = { email: IconMail, in_app: IconMessage, wait: IconClock, wait_until: IconHourglass, branch: IconGitBranch, split: IconArrowsSplit2, action: IconTag, exit: IconDoorExit, webhook: IconWebhook, chat: IconMessages } as const;

/** The picture of a kind of step; its word always stands beside it. */
export function StepIcon({ kind }: { kind: Kind }) {
  const Icon = ICONS[kind];
  return <Icon size={18} aria-hidden />;
}
