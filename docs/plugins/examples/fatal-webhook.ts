import { namespec, type Plugin, type Supervisor } from 'tsvisor/core';

/** Posts to a webhook when a program goes FATAL. */
export class FatalWebhookPlugin implements Plugin {
  readonly name = 'fatal-webhook';
  readonly #url: URL;

  constructor(options: { readonly url: string }) {
    this.#url = new URL(options.url); // a wrong option fails on the line the user wrote
  }

  apply(supervisor: Supervisor): void {
    const post = async (text: string): Promise<void> => {
      const body = JSON.stringify({ text });
      const headers = { 'Content-Type': 'application/json' };
      const answer = await fetch(this.#url, { method: 'POST', headers, body, signal: AbortSignal.timeout(10_000) });
      if (!answer.ok) throw new Error(`the webhook answered ${answer.status}`);
    };
    const { events } = supervisor;
    events.on(
      'process:state',
      ({ process }) => {
        if (process.state !== 'FATAL') return;
        post(`${namespec(process)} is FATAL: ${process.spawnerr}`).catch((error: unknown) => {
          events.emit('plugin:error', { plugin: this.name, where: 'webhook', error, count: 1 });
        });
      },
      this.name,
    );
  }
}
