import type { SidePanelContent } from './model.ts';

/**
 * What the side panel shows, as the part of the address behind `#`, so that it can be kept as a bookmark and left with
 * the button for going back: `#process=grp%3Aweb&tab=log`, `#daemon&tab=events`.
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
