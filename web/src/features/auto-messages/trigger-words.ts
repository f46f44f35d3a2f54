import { useTranslation } from 'react-i18next';

/** After what a message is displayed, in a few words. */
export function useTriggerWords(): (trigger: { type: string; seconds?: number; percent?: number; event?: string }) => string {
  const { t, i18n } = useTranslation();
  return ({ type, seconds = 0, percent = 0, event = '' }) => (i18n.exists(`autoMessages.list.after.${type}`) ? t(`autoMessages.list.after.${type as 'dwell'}`, { seconds, percent, event }) : type);
}
