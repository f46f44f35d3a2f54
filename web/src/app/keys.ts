import { useNavigate, useRouter } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { PLACES } from './places.ts';

/** Letters after G, and where they lead. */
const LETTERS: Record<string, string> = { h: '/', c: '/campaigns', a: '/auto-messages', m: '/messages', s: '/segments', p: '/people', r: '/results', d: '/deliveries' };
/** What N makes on the pages below a place; elsewhere a campaign. */
const NEW: Record<string, string> = { '/auto-messages': '/auto-messages/new', '/segments': '/segments/new', '/people': '/people/import' };
const NEW_CAMPAIGN = '/campaigns/new';
/** How long G waits for its letter. */
const G_MS = 1_500;

export const GOES = PLACES.flatMap((place) => Object.entries(LETTERS).filter(([, to]) => to === place.to).map(([letter]) => ({ letter: letter.toUpperCase(), ...place })));

export type Overlay = 'palette' | 'help' | null;

/** Whether a key is typed into something, or is part of a syllable that is being composed. */
const isTyped = ({ target, isComposing, keyCode }: KeyboardEvent): boolean =>
  isComposing || keyCode === 229 || (target instanceof HTMLElement && (target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName) || target.closest('[role="dialog"], [role="menu"], [role="listbox"], [role="application"]') !== null));

/** The keys that work on every page. What is open over the page, and how to close it. */
export function useKeys(): [Overlay, (overlay: Overlay) => void] {
  const [overlay, setOverlay] = useState<Overlay>(null);
  const navigate = useNavigate();
  const router = useRouter();
  const going = useRef(0);
  useEffect(() => {
    const go = (to: string) => { if (to in router.routesByPath) void navigate({ to }); };
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented) return;
      const key = event.key.toLowerCase();
      if ((event.metaKey || event.ctrlKey) && !event.altKey && !event.shiftKey && key === 'k' && !event.isComposing) {
        event.preventDefault();
        return setOverlay('palette');
      }
      if (event.metaKey || event.ctrlKey || event.altKey || isTyped(event)) return;
      const isGoing = going.current > performance.now();
      going.current = 0;
      if (isGoing && LETTERS[key] !== undefined) go(LETTERS[key]);
      else if (key === 'g') going.current = performance.now() + G_MS;
      else if (event.key === '?') setOverlay('help');
      else if (key === 'n') go(NEW[Object.keys(NEW).find((place) => router.state.location.pathname.startsWith(place)) ?? ''] ?? NEW_CAMPAIGN);
      else if (key === '/') search(() => { setOverlay('palette'); });
      else return;
      event.preventDefault();
    };
    window.addEventListener('keydown', onKey);
    return () => { window.removeEventListener('keydown', onKey); };
  }, [navigate, router]);
  return [overlay, setOverlay];
}

/** The search of the page; where it has none, everything is searched. */
function search(everything: () => void): void {
  const field = document.querySelector<HTMLInputElement>('main input[type="search"]');
  if (field) field.focus();
  else everything();
}
