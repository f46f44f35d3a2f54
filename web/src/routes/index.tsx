import { createFileRoute } from '@tanstack/react-router';
import { HomePage } from '../features/home/home-page.tsx';
import { needWords } from '../i18n/index.ts';

export const Route = createFileRoute('/')({ loader: () => needWords('home', 'campaigns'), component: HomePage });
