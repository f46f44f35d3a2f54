import { useTranslation } from 'react-i18next';
import { useZone } from '../../lib/workspace.ts';

/** Says a moment in a zone, which it names; the workspace's where none is given. */
export function useZoned(): (iso: string, timeZone: string | null) => string {
  const { i18n } = useTranslation();
  const own = useZone();
  return (iso, timeZone) => {
    const zone = timeZone ?? own;
    return new Intl.DateTimeFormat(i18n.language, { year: 'numeric', month: 'short', day: 'numeric', hour: 'numeric', minute: '2-digit', timeZoneName: 'short', ...(zone ? { timeZone: zone } : {}) }).format(new Date(iso));
  };
}
