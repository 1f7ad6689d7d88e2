import type { Channel } from '../../output/logging/index.ts';
import { encodeText, html, query, type Html } from './html.ts';
import type { LogEnd } from './log-end.ts';
import { LONGEST_TAIL, USUAL_TAIL } from './log-end.ts';
import { actionButton, page } from './page.ts';

export interface Tail {
  /** The name of the process as requested: `group:name`. */
  readonly name: string;
  readonly channel: Channel;
  /** In bytes. */
  readonly limit: number;
  readonly end: LogEnd;
}

/** The end of a log. Program output is always shown as text. */
export function tailPage({ name, channel, limit, end }: Tail): Html {
  const to = (change: { channel?: Channel; limit?: number }): string => {
    const next = { channel, limit, ...change };
    return query({
      processname: name,
      limit: next.limit,
      channel: next.channel === 'stdout' ? undefined : next.channel,
    });
  };
  const choices = (['stdout', 'stderr'] as const).map((one) => choice(one, to({ channel: one }), one === channel));
  const sizes = SIZES.map((size) => choice(sizeText(size), to({ limit: size }), size === limit));
  const clear = actionButton({
    label: 'Clear log',
    says: `Clear the logs of ${name}`,
    query: query({ processname: name, action: 'clearlog' }),
  });
  return page({
    title: `${name} ${channel}`,
    icon: 'sound',
    kind: 'tail',
    content: html`<header>
        <h1><a href="index.html" aria-label="All processes">←</a> ${name}</h1>
        <nav class="choices" aria-label="Stream">${choices}</nav>
        <nav class="choices" aria-label="How much of the end">${sizes}</nav>
        <nav aria-label="This log">
          <a class="button" href="tail.html?${to({})}">Refresh</a
          ><a class="button" href="logtail/${encodeText(name)}/${channel}">Follow</a>${clear}
        </nav>
      </header>
      <main class="scroll" tabindex="0" aria-label="End of ${channel} of ${name}">${bodyOf(name, end)}</main>`,
  });
}

/** For a request with an unknown process. */
export function noTailPage(problem: string): Html {
  return page({
    title: problem,
    icon: 'sound',
    kind: 'tail',
    content: html`<header>
        <h1><a href="index.html" aria-label="All processes">←</a></h1>
      </header>
      <main><p class="empty">${problem}</p></main>`,
  });
}

const SIZES = [USUAL_TAIL, USUAL_TAIL * 8, LONGEST_TAIL];

function sizeText(bytes: number): string {
  return bytes < LONGEST_TAIL ? `${bytes / 1_024} KB` : `${bytes / LONGEST_TAIL} MB`;
}

function choice(label: string, fields: string, isCurrent: boolean): Html {
  return html`<a href="tail.html?${fields}" aria-current="${isCurrent ? 'page' : 'false'}">${label}</a>`;
}

function bodyOf(name: string, end: LogEnd): Html {
  switch (end.kind) {
    case 'text':
      // The parser drops a line feed that follows the tag, so it gets one to drop.
      return end.text === '' ? html`<p class="empty">Nothing was written yet</p>` : html`<pre>${'\n'}${end.text}</pre>`;
    case 'noFile':
      return html`<p class="empty">No file for ${name}</p>`;
    case 'failed':
      return html`<p class="empty">The log of ${name} cannot be read</p>`;
  }
}
