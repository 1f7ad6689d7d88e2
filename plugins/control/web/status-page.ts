import type { State } from '../../../core/index.ts';
import { canStop } from '../index.ts';
import { html, query, type Html } from './html.ts';
import { stateIcon } from './state-icons.ts';
import { page } from './page.ts';
import { processRow } from './process-row.ts';
import { countStates, type GroupStatus, type ProcessStatus, type Status } from './status.ts';
import { clockTime } from './time-text.ts';

/** The status page. `message`: the result of the last action. It comes from the URL, so anybody may have written it. */
export function statusPage(status: Status, message?: string): Html {
  const processes = status.groups.flatMap((group) => group.processes);
  const troubled = processes.filter(({ health }) => health !== 'sound').length;
  const name = `${status.identifier} on ${status.host}`;
  return page({
    title: troubled === 0 ? name : `${troubled} in trouble: ${name}`,
    icon: troubled === 0 ? 'sound' : 'trouble',
    kind: 'status',
    content: html`<header>
        <h1>${status.identifier} <span>on ${status.host}</span></h1>
        ${counts(processes)} ${overallLinks(processes)}
      </header>
      ${noticeOf(status, processes)}${message === undefined ? undefined : messageOf(message)}
      <main>${processes.length === 0 ? html`<p class="empty">No programs to manage</p>` : table(status.groups)}</main>
      <footer>
        pid ${status.pid}, as of <time datetime="${new Date(status.at).toISOString()}">${clockTime(status.at)}</time>
      </footer>`,
  });
}

function table(groups: readonly GroupStatus[]): Html {
  return html`<table role="table" aria-label="Processes">
    <thead role="rowgroup">
      <tr role="row">
        <th role="columnheader" scope="col">Process</th>
        <th role="columnheader" scope="col">State</th>
        <th role="columnheader" scope="col">Description</th>
        <th role="columnheader" scope="col" class="restarts" title="Times it was started again without anybody asking">
          Restarts
        </th>
        <th role="columnheader" scope="col" class="actions">Actions</th>
      </tr>
    </thead>
    ${groups.map(groupRows)}
  </table>`;
}

/** A group has a heading, unless it is a program in a group by itself. */
function groupRows({ name, processes }: GroupStatus): Html {
  if (processes.length === 0) return html``;
  const isOwn = processes.length === 1 && processes[0]?.process === name;
  const running = processes.filter(({ state }) => state === 'RUNNING').length;
  const heading = html`<tr role="row" class="group">
    <th role="rowheader" scope="rowgroup" colspan="5">
      ${name} <span>${running} of ${processes.length} running</span>
    </th>
  </tr> `;
  return html`<tbody role="rowgroup" class="${isOwn ? 'single' : 'several'}" data-group="${name}">
    ${isOwn ? undefined : heading}${processes.map(processRow)}
  </tbody> `;
}

/** Ordered by urgency. */
const URGENCY: readonly State[] = [
  'FATAL',
  'UNKNOWN',
  'BACKOFF',
  'EXITED',
  'STARTING',
  'STOPPING',
  'RUNNING',
  'STOPPED',
];

function counts(processes: readonly ProcessStatus[]): Html {
  const byState = countStates(processes);
  const items = URGENCY.filter((state) => byState.has(state)).map(
    (state) =>
      html`<li class="${state.toLowerCase()}">
        ${stateIcon(state)}<b>${byState.get(state)}</b> ${state.toLowerCase()}
      </li>`,
  );
  return html`<ul class="counts" aria-label="Processes by state">
    ${items}
  </ul>`;
}

/** Links to a page that shows how many processes are affected, and asks for confirmation. */
function overallLinks(processes: readonly ProcessStatus[]): Html {
  const link = (action: string, label: string): Html =>
    html`<a class="button" href="confirm.html?${query({ action })}">${label}</a>`;
  return html`<nav aria-label="All processes">
    <a class="button" href="index.html">Refresh</a>${
      processes.length === 0
        ? undefined
        : [link('startall', 'Start all…'), link('restartall', 'Restart all…'), link('stopall', 'Stop all…')]
    }
  </nav>`;
}

function noticeOf({ state }: Status, processes: readonly ProcessStatus[]): Html | undefined {
  if (state === 'running') return undefined;
  if (state === 'starting') return html`<p class="message" role="status">Starting up</p>`;
  const left = processes.filter((process) => canStop(process) || process.state === 'STOPPING').length;
  return html`<p class="message" role="status">Shutting down${left > 0 ? `, ${left} still running` : ''}</p>`;
}

/** A longer message is not the result of an action. */
const LONGEST_MESSAGE = 1_000;

function messageOf(message: string): Html {
  const isBad = /^(?:ERROR|unexpected|No such)|, except for \d/.test(message);
  const text = message.slice(0, LONGEST_MESSAGE);
  return isBad
    ? html`<p class="message bad" role="alert">${text}</p>`
    : html`<p class="message good" role="status">${text}</p>`;
}
