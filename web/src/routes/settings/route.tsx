import { createFileRoute } from '@tanstack/react-router';
import { SettingsFrame } from '../../features/settings/settings-frame.tsx';
import { needWords } from '../../i18n/index.ts';

export const Route = createFileRoute('/settings')({ loader: () => needWords('settings'), component: SettingsFrame });
