import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { answer, api } from '../../lib/api.ts';
import { roleOf, useMe } from '../../lib/me.ts';

/** How somebody is called who changed something: `user:ID`, `server_key:ID`. Only owners are told the names of others. */
export function useColleague(actor: string | undefined): string {
  const { t } = useTranslation();
  const me = useMe();
  const users = useQuery({ queryKey: ['users'], queryFn: () => answer(api.GET('/v1/users', { params: { query: { limit: 200 } } })), enabled: roleOf(me) === 'owner', staleTime: 60_000 });
  if (actor === undefined) return '';
  const [kind, id] = actor.split(':');
  if (kind !== 'user') return t('segments.who.program');
  if (me?.kind === 'user' && me.user.id === id) return t('segments.who.you');
  return users.data?.items.find((user) => user.id === id)?.name ?? t('segments.who.colleague');
}
