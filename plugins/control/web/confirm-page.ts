import { unreachable } from '../../../core/index.ts';
import { canStart, canStop } from '../index.ts';
import type { ProcessAction } from './actions.ts';
import { html, query, type Html } from './html.ts';
import { actionButton, page } from './page.ts';
import type { ProcessStatus } from './status.ts';
import type { FormAction } from './form-action.ts';

/**
 * Asks for confirmation before an action on many processes, or one that may not come from a person, and lists the
 * processes.
 */
export function confirmPage(action: FormAction, processes: readonly ProcessStatus[]): Html {
  const { question, label, detail, names } = questionOf(action, processes);
  const fields =
    action.kind === 'process' ? { processname: action.name, action: action.action } : { action: action.action };
  return page({
    title: question,
    icon: 'sound',
    kind: 'confirm',
    content: html`<main>
      <h1>${question}</h1>
      ${detail === undefined ? undefined : html`<p>${detail}</p>`}
      ${
        names.length === 0
          ? undefined
          : html`<ul class="names">
              ${names.map((name) => html`<li>${name}</li>`)}
            </ul>`
      }
      <div class="answer">
        ${actionButton({ label, says: label, query: query(fields), variant: 'strong' })}<a
          class="button"
          href="index.html"
          >Cancel</a
        >
      </div>
    </main>`,
  });
}

interface Question {
  readonly question: string;
  /** Of the button: the answer yes, in full. */
  readonly label: string;
  readonly detail?: string | undefined;
  readonly names: readonly string[];
}

export function questionOf(formAction: FormAction, processes: readonly ProcessStatus[]): Question {
  if (formAction.kind === 'process') {
    const label = `${VERBS[formAction.action]} ${formAction.name}`;
    return { question: `${label}?`, label, names: [] };
  }
  const { action } = formAction;
  const up = processes.filter(canStop).map(({ name }) => name);
  const down = processes.filter(canStart).map(({ name }) => name);
  switch (action) {
    case 'refresh':
      return { question: 'Refresh the page?', label: 'Refresh', names: [] };
    case 'startall':
      return asked('Start', down, 'Those that are up stay as they are.');
    case 'stopall':
      return asked('Stop', up, undefined);
    case 'restartall': {
      const also = `${down.length} of them ${down.length === 1 ? 'is' : 'are'} down now and will be started, too.`;
      return asked('Restart', [...up, ...down], down.length === 0 ? undefined : also);
    }
    default:
      return unreachable(action);
  }
}

const VERBS: Readonly<Record<ProcessAction, string>> = {
  start: 'Start',
  stop: 'Stop',
  restart: 'Restart',
  clearlog: 'Clear the logs of',
};

function asked(verb: string, names: readonly string[], detail: string | undefined): Question {
  const label = `${verb} ${names.length} ${names.length === 1 ? 'process' : 'processes'}`;
  return { question: `${label}?`, label, detail, names };
}
