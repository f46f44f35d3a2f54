import { Box, Group, Stack, Text, Title } from '@mantine/core';
import { useMatch } from '@tanstack/react-router';
import { useEffect, useRef, type ReactNode } from 'react';

/** The page before this one; null after a load, when the browser itself begins at the top, with the skip link. */
let seen: string | null = null;

/** One heading, beside it what can be done, below it the page. The heading takes the focus when one page follows another, so that readers hear where they are. */
export function Page({ title, note, actions, children }: { title: string; note?: ReactNode; actions?: ReactNode; children: ReactNode }) {
  const heading = useRef<HTMLHeadingElement>(null);
  // The address of this page, not the one that the next page is being fetched for.
  const pathname = useMatch({ strict: false, select: (match) => match.pathname });
  useEffect(() => { document.title = `${title} · Danbi`; }, [title]);
  useEffect(() => {
    if (seen !== null && seen !== pathname) heading.current?.focus({ preventScroll: true });
    seen = pathname;
  });
  return (
    <Stack gap="lg" maw={1180} mx="auto" w="100%">
      <Group justify="space-between" align="flex-end" gap="sm">
        <Box miw={0}>
          <Title order={1} size="h2" ref={heading} tabIndex={-1} style={{ outline: 'none', overflowWrap: 'anywhere' }}>{title}</Title>
          {note && <Text c="dimmed" size="sm" component="div">{note}</Text>}
        </Box>
        {actions}
      </Group>
      {children}
    </Stack>
  );
}
