import { CATALOGUE } from '../../../plugins/catalogue.ts';

/** The catalogue with one plugin more: a folder, and an entry. */
export const LONGER = [
  ...CATALOGUE,
  {
    name: 'greeter',
    options: () => import('./greeter/options.ts'),
    create: async () => new (await import('./greeter/index.ts')).GreeterPlugin(),
  },
] as const;
