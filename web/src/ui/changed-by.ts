import { useTranslation } from 'react-i18next';
import type { Changed } from '../lib/api.ts';
import { useFormat } from '../lib/format.ts';

/** One sentence: who was quicker, and when. Without a name it is somebody else; without a moment it is only that. */
export function useChangedBy(): (changed: Changed | null | undefined) => string {
  const { t } = useTranslation();
  const format = useFormat();
  return (changed) => (changed ? t(changed.by === null ? 'changedBy.somebody' : 'changedBy.named', { who: changed.by ?? '', when: format.ago(changed.at) }) : t('changedBy.unknown'));
}
