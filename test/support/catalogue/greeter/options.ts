import { defineOptions } from '../../../../core/index.ts';
import { oneOf } from '../../../../plugins/config/option-types/index.ts';

const greeterOptions = defineOptions({
  mood: {
    schema: oneOf('a mood', ['glad', 'sad']),
    default: 'glad',
    change: 'live',
    description: 'How it greets.',
  },
});

export const sections = { greeter: greeterOptions } as const;
