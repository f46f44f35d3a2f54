import '@mantine/core/styles.css';
import './app/app.css';
import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { createRouter, RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { cssVariables, theme } from './app/theme.ts';
import { startWords } from './i18n/index.ts';
import { ApiProblem } from './lib/api.ts';
import { routeTree } from './routeTree.gen.ts';
import { ErrorPanel } from './ui/states.tsx';

/** What was refused is not asked again; what failed on the way is, twice. */
const queries = new QueryClient({ defaultOptions: { queries: { staleTime: 5_000, retry: (count, error) => !(error instanceof ApiProblem && error.status < 500) && count < 2 } } });
const router = createRouter({
  routeTree, context: { queries }, defaultPreload: 'intent', scrollRestoration: true,
  defaultErrorComponent: ({ error, reset }) => <ErrorPanel error={error} onRetry={reset} />,
  defaultNotFoundComponent: () => <ErrorPanel error={new ApiProblem(404, 'route.not-found', '', [], null)} />,
});

declare module '@tanstack/react-router' {
  interface Register { router: typeof router }
}

await startWords();
createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <MantineProvider theme={theme} cssVariablesResolver={cssVariables} defaultColorScheme="auto">
      <QueryClientProvider client={queries}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
