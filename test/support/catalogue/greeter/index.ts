import type { Plugin } from '../../../../core/index.ts';
import { sections } from './options.ts';

export { GREETER_ERRORS } from './errors.ts';

export class GreeterPlugin implements Plugin {
  readonly name = 'greeter';
  readonly sections = sections;
  apply(): void {}
}
