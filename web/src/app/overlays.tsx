import { lazy, Suspense } from 'react';
import type { Overlay } from './keys.ts';
import { needWords } from '../i18n/index.ts';
import { useReach } from '../lib/reach.ts';

const SessionDialog = lazy(async () => { await needWords('session'); return import('./session-dialog.tsx'); });
const Palette = lazy(async () => { await needWords('keys', ...(await import('./pages.ts')).WORDS); return import('./palette.tsx'); });
const ShortcutHelp = lazy(async () => { await needWords('keys'); return import('./shortcut-help.tsx'); });

/** What opens over any page. None of it is loaded before it is first wanted. */
export function Overlays({ overlay, onClose: close }: { overlay: Overlay; onClose(): void }) {
  const { isSignedOut } = useReach();
  return (
    <Suspense>
      {overlay === 'palette' && <Palette onClose={close} />}
      {overlay === 'help' && <ShortcutHelp onClose={close} />}
      {isSignedOut && <SessionDialog />}
    </Suspense>
  );
}
