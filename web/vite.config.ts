import { tanstackRouter } from '@tanstack/router-plugin/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** One file for each kind of library that every page needs, instead of dozens of small ones; what only some pages need comes with them. */
const groups = [
  { name: 'react', tags: ['$initial' as const], test: /node_modules\/(react|react-dom|scheduler)\// },
  { name: 'mantine', tags: ['$initial' as const], test: /node_modules\/@mantine\// },
  { name: 'icons', tags: ['$initial' as const], test: /node_modules\/@tabler\// },
  { name: 'vendor', tags: ['$initial' as const], test: /node_modules\/(@tanstack|i18next|react-i18next|openapi-fetch|dayjs|es-hangul|@floating-ui|clsx)/ },
];

export default defineConfig({
  plugins: [tanstackRouter({ target: 'react', autoCodeSplitting: true }), react()],
  build: {
    outDir: '../dist/web',
    emptyOutDir: true,
    // Lightning CSS rewrites light-dark() for older browsers, and then styles vanish silently.
    cssTarget: ['chrome123', 'edge123', 'firefox121', 'safari17.5'],
    rolldownOptions: { output: { codeSplitting: { groups } } },
  },
  // The change log above is part of the dashboard.
  server: { fs: { allow: ['..'] }, proxy: Object.fromEntries(['/v1', '/login', '/logout', '/mailbox', '/openapi.json'].map((path) => [path, process.env.DANBI_URL ?? 'http://127.0.0.1:3000'])) },
});
