import { createFileRoute, redirect } from '@tanstack/react-router';

export const Route = createFileRoute('/campaigns/$id/')({
  beforeLoad: ({ params }) => { throw redirect({ to: '/campaigns/$id/results', params, replace: true }); },
});
