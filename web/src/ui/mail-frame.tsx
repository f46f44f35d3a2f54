import { Box } from '@mantine/core';
import { useMemo } from 'react';

/** Links of the message open outside of the frame, which may go nowhere itself. */
function withOutsideLinks(html: string): string {
  const page = new DOMParser().parseFromString(html, 'text/html');
  for (const link of page.querySelectorAll('a[href], area[href]')) {
    link.setAttribute('target', '_blank');
    link.setAttribute('rel', 'noopener noreferrer');
  }
  return `<!doctype html>${page.documentElement.outerHTML}`;
}

/** A message in a frame of an origin of its own: nothing of it runs, posts or reaches the page around it. It stays light, as in most mail programs. */
export function MailFrame({ title, html, phone }: { title: string; html: string; phone: boolean }) {
  const document = useMemo(() => withOutsideLinks(html), [html]);
  return (
    <Box style={{ overflowX: 'auto' }}>
      <iframe title={title} srcDoc={document} sandbox="allow-popups allow-popups-to-escape-sandbox" referrerPolicy="no-referrer" style={{ width: phone ? 375 : '100%', maxWidth: '100%', height: 640, background: '#fff', colorScheme: 'light', border: '1px solid var(--mantine-color-default-border)', borderRadius: 8, display: 'block', marginInline: 'auto' }} />
    </Box>
  );
}
