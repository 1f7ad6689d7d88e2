import { html, type Html, type Part } from './html.ts';

export interface PageProps {
  readonly title: string;
  /** Name of a picture for the tab. */
  readonly icon: 'sound' | 'trouble';
  /** Of the body; the style sheet knows it. */
  readonly kind: 'status' | 'tail' | 'confirm';
  readonly content: Part;
}

/**
 * A whole page. Its URLs are relative, and all pages are in one folder, so that they work behind the path prefix of a
 * reverse proxy. Nothing is loaded from elsewhere. The script of the status page replaces its content by the live page;
 * without the script, everything here works.
 */
export function page({ title, icon, kind, content }: PageProps): Html {
  return html`<!doctype html>
    <html lang="en" class="plain">
      <head>
        <meta charset="utf-8" />
        <title>${title}</title>
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="robots" content="noindex, nofollow" />
        <link rel="stylesheet" href="stylesheets/supervisor.css" />
        <link rel="icon" type="image/svg+xml" href="images/${icon}.svg" />
        ${kind === 'status' ? html`<script type="module" src="live.js"></script>` : undefined}
      </head>
      <body class="${kind}">
        ${content}
      </body>
    </html> `;
}

/** A button for an action. It is a POST form, so that programs that follow links do not trigger it. */
export function actionButton({ label, says, query, variant = 'quiet' }: ActionButton): Html {
  return html`<form method="post" action="index.html?${query}">
    <button class="${variant}" aria-label="${says}">${label}</button>
  </form>`;
}

export interface ActionButton {
  readonly label: string;
  /** For screen readers: what the button does, to which process. */
  readonly says: string;
  /** Of the action, encoded. */
  readonly query: string;
  readonly variant?: 'quiet' | 'strong';
}
