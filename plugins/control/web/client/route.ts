import type { SidePanelContent } from './model.ts';

/**
 * The content of the side panel, as the fragment of the URL, so that it can be bookmarked and left with the back
 * button: `#process=grp%3Aweb&tab=log`, `#daemon&tab=events`.
 */
export function addressOf(sidePanel: SidePanelContent | undefined): string {
  if (sidePanel === undefined) return '';
  const { tab } = sidePanel;
  return `#${new URLSearchParams(sidePanel.kind === 'process' ? { process: sidePanel.name, tab } : { daemon: '', tab })}`;
}

export function sidePanelAt(hash: string): SidePanelContent | undefined {
  const fields = new URLSearchParams(hash.replace(/^#/, ''));
  const tab = fields.get('tab');
  const name = fields.get('process');
  if (name !== null) {
    return { kind: 'process', name, tab: tab === 'history' || tab === 'settings' ? tab : 'log' };
  }
  if (!fields.has('daemon')) return undefined;
  return { kind: 'daemon', tab: tab === 'log' ? tab : 'events' };
}
