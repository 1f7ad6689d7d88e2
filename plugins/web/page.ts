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
 * A whole page. Addresses in it are relative, and all pages lie in one folder, so that they work behind the path prefix of
 * a reverse proxy. Nothing in it comes from anywhere else. The script of the status page puts the live page in its place;
 * where it cannot, everything here works without.
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

/** A button that does something. It is posted: no program that follows links presses it. */
export function actionButton({ label, says, query, variant = 'quiet' }: ActionButton): Html {
  return html`<form method="post" action="index.html?${query}">
    <button class="${variant}" aria-label="${says}">${label}</button>
  </form>`;
}

export interface ActionButton {
  readonly label: string;
  /** For those who hear the page: what the button does, to what. */
  readonly says: string;
  /** Of the action, encoded. */
  readonly query: string;
  readonly variant?: 'quiet' | 'strong';
}
