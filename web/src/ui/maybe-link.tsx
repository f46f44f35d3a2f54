import { Anchor, Text } from '@mantine/core';
import { useRouter } from '@tanstack/react-router';
import type { ReactNode } from 'react';

/** A link to a screen that this dashboard may not have; without it the words alone. @param to an address with its ids filled in; `screen` its pattern, `/settings/webhooks/$id` */
export function MaybeLink({ to, screen, children }: { to: string; screen: string; children: ReactNode }) {
  const router = useRouter();
  if (!(screen in router.routesByPath)) return <Text span inherit>{children}</Text>;
  return <Anchor href={router.history.createHref(to)} inherit onClick={(event) => { if (event.metaKey || event.ctrlKey || event.shiftKey) return; event.preventDefault(); router.history.push(to); }}>{children}</Anchor>;
}
