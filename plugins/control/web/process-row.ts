import { canStart, canStop } from '../index.ts';
import { actionButton } from './page.ts';
import { html, encodeText, query, type Html } from './html.ts';
import { stateIcon } from './state-icons.ts';
import type { ProcessStatus } from './status.ts';
import { USUAL_TAIL } from './log-end.ts';

/**
 * One process as a row of the table. ARIA roles are explicit, because the style sheet changes the layout of rows on a
 * phone, and browsers then drop the implicit roles. The live page finds the row by `data-process`.
 */
export function processRow(process: ProcessStatus): Html {
  const { name, state, health, restarts } = process;
  const word = state.toLowerCase();
  const log = query({ processname: name, limit: USUAL_TAIL });
  return html`<tr role="row" class="${health}" data-process="${name}">
    <th role="rowheader" scope="row">${nameOf(process)}</th>
    <td role="cell" class="state ${word}">${stateIcon(state)}${word}</td>
    <td role="cell" class="about">${aboutOf(process)}</td>
    <td role="cell" class="restarts${restarts === 0 ? ' none' : ''}">${restarts}</td>
    <td role="cell" class="actions">
      <div class="buttons">
        ${buttonsOf(process)}
        <a href="tail.html?${log}" aria-label="Log of ${name}">Log</a>
        ${menuOf(name)}
      </div>
    </td>
  </tr> `;
}

function nameOf({ name, group, process }: ProcessStatus): Html {
  return name === process
    ? html`<span class="name">${name}</span>`
    : html`<span class="name"><span class="prefix">${group}:</span>${process}</span>`;
}

function aboutOf({ description, reason }: ProcessStatus): Html {
  if (description === '') return html`${reason}`;
  return html`${description}${reason === '' ? undefined : html` <span class="reason">${reason}</span>`}`;
}

function buttonsOf(process: ProcessStatus): Html {
  if (canStop(process)) return html`${button('Stop', process)}${button('Restart', process)}`;
  return canStart(process) ? button('Start', process) : html``;
}

function button(label: 'Start' | 'Stop' | 'Restart', { name }: ProcessStatus): Html {
  const fields = { processname: name, action: label.toLowerCase() };
  return actionButton({ label, says: `${label} ${name}`, query: query(fields) });
}

/** Rarely used actions. Works without a script; opening another menu closes it. */
function menuOf(name: string): Html {
  const clear = actionButton({
    label: 'Clear log',
    says: `Clear the logs of ${name}`,
    query: query({ processname: name, action: 'clearlog' }),
  });
  const follow = encodeText(name);
  return html`<details name="more">
    <summary aria-label="More about ${name}">⋯</summary>
    <div class="menu">
      <a href="logtail/${follow}">Follow stdout</a>
      <a href="logtail/${follow}/stderr">Follow stderr</a>
      ${clear}
    </div>
  </details>`;
}
