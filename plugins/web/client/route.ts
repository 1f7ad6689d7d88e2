import type { Beside } from './model.ts';

/**
 * What stands beside the table, as the part of the address behind `#`, so that it can be kept as a bookmark and left with
 * the button for going back: `#process=grp%3Aweb&tab=log`, `#daemon&tab=events`.
 */
export function addressOf(beside: Beside | undefined): string {
  if (beside === undefined) return '';
  const { tab } = beside;
  return `#${new URLSearchParams(beside.kind === 'process' ? { process: beside.name, tab } : { daemon: '', tab })}`;
}

export function besideAt(hash: string): Beside | undefined {
  const fields = new URLSearchParams(hash.replace(/^#/, ''));
  const tab = fields.get('tab');
  const name = fields.get('process');
  if (name !== null) {
    return { kind: 'process', name, tab: tab === 'history' || tab === 'settings' ? tab : 'log' };
  }
  if (!fields.has('daemon')) return undefined;
  return { kind: 'daemon', tab: tab === 'log' ? tab : 'events' };
}
