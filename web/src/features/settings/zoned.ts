import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { answer, api } from '../../lib/api.ts';

/** Says a moment in a zone, which it names; the workspace's where none is given. */
export function useZoned(): (iso: string, timeZone: string | null) => string {
  const { i18n } = useTranslation();
  const workspace = useQuery({ queryKey: ['workspace'], queryFn: () => answer(api.GET('/v1/workspace')), staleTime: 60_000 });
  return (iso, timeZone) => {
    const zone = timeZone ?? workspace.data?.timeZone;
    return new Intl.DateTimeFormat(i18n.language, { year: 'numeric', month: 'short', day: 'numeric', hour: 'numeric', minute: '2-digit', timeZoneName: 'short', ...(zone ? { timeZone: zone } : {}) }).format(new Date(iso));
  };
}
