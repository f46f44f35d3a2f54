import { useTranslation } from 'react-i18next';
import { useWorkspace } from '../../lib/workspace.ts';

/** Languages that are offered for messages; others come by the API. */
export const OFFERED = ['ko', 'en', 'ja', 'zh-CN', 'zh-TW', 'vi', 'th', 'id', 'es', 'fr', 'de', 'pt-BR', 'it', 'nl', 'pl', 'tr', 'ru', 'uk', 'ar', 'hi'];

/** The language of a message that names none: that of the workspace, and until it is known that of the page. */
export function useOwnLanguage(): string {
  const { i18n } = useTranslation();
  return useWorkspace().data?.language ?? i18n.language;
}

/** Languages by their names in the language of the page. */
export function useLanguageName(): (tag: string) => string {
  const { i18n } = useTranslation();
  return (tag) => new Intl.DisplayNames([i18n.language], { type: 'language' }).of(tag) ?? tag;
}
