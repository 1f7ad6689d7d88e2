/**
 * The unit file of an installation: `Type=notify`, so that dependent units wait for the programs; a reload that applies
 * the changed configuration and leaves other programs alone; a stop through tsvd, which stops the programs itself.
 * systemd.service(5), systemd.exec(5).
 */
export interface Installation {
  /** Absolute paths of Node's program and of the launchers. */
  readonly node: string;
  readonly tsvd: string;
  readonly tsvctl: string;
  /** Absolute. */
  readonly configuration: string;
  /**
   * How tsvctl finds the daemon: its options before the command. `undefined` if it has no server, or a secret address.
   */
  readonly client: readonly string[] | undefined;
  /** The longest `stopwaitsecs`. */
  readonly stopwaitsecs: number;
  readonly minfds: number;
  /** A unit for `systemctl --user`. */
  readonly isForUser: boolean;
}

/** systemd's own limits of descriptors. */
const DESCRIPTORS = { soft: 1024, hard: 524_288 } as const;
/** Time for the rest of the daemon's shutdown. */
const SPARE_SECONDS = 30;

/** @throws Error if a path cannot be written into a unit file. */
export function systemdUnit(installation: Installation): string {
  const { configuration, isForUser } = installation;
  const name = isForUser ? '~/.config/systemd/user/tsvd.service' : '/etc/systemd/system/tsvd.service';
  const systemctl = isForUser ? 'systemctl --user' : 'systemctl';
  return `# Made by "tsvctl systemd-unit". Write it to ${name}, then:
#   ${systemctl} daemon-reload && ${systemctl} enable --now tsvd${
    isForUser
      ? `
# so that it starts with the machine and not with your login: loginctl enable-linger`
      : ''
  }
[Unit]
Description=tsvd, the programs of ${escapeSpecifiers(configuration)}
Documentation=https://www.npmjs.com/package/tsvisor
${isForUser ? '' : 'Wants=network-online.target\nAfter=network-online.target nss-user-lookup.target\n'}
[Service]
${service(installation).join('\n')}

[Install]
WantedBy=${isForUser ? 'default.target' : 'multi-user.target'}
`;
}

function service(installation: Installation): string[] {
  const { node, tsvd, configuration, stopwaitsecs, minfds } = installation;
  return [
    '# Started is when every program has come up or failed.',
    'Type=notify',
    'NotifyAccess=main',
    `Environment=${quote(`TSV_NODE=${node}`)}`,
    `ExecStart=${command([tsvd, '-n', '-c', configuration])}`,
    ...reload(installation),
    '# Relative paths of the configuration are against this.',
    // No quotes: the whole line is the path.
    `WorkingDirectory=${escapeSpecifiers(folderOf(configuration))}`,
    '',
    '# A stop is for tsvd, which stops its programs in their order. If tsvd itself is killed, its programs run on, and the next',
    '# tsvd takes them over; with another KillMode systemd would kill them.',
    'KillMode=process',
    '# A program that is killed for want of memory is a matter of tsvd, and no end of the service.',
    'OOMPolicy=continue',
    '# tsvd asks for more time where its programs take it.',
    `TimeoutStopSec=${stopwaitsecs + SPARE_SECONDS}s`,
    '# Exit code 2: the configuration is refused. Trying again would not help.',
    'Restart=on-failure',
    'RestartSec=1s',
    'RestartPreventExitStatus=2',
    '# A tsvd that stands still is ended and started again. This wakes it every 30 s; without the line it sleeps.',
    'WatchdogSec=60s',
    '',
    '# Programs start with the first number, or minfds where that is more; the second is how far they may raise it.',
    `LimitNOFILE=${Math.max(DESCRIPTORS.soft, minfds)}:${Math.max(DESCRIPTORS.hard, minfds)}`,
    'TasksMax=infinity',
    '',
    '# Hardening holds for tsvd and all of its programs: take what all of them can do with.',
    '# No program becomes more than it is, by sudo for instance:',
    '#NoNewPrivileges=yes',
    '# /usr, /boot and /etc are read-only, and homes as well:',
    '#ProtectSystem=full',
    '#ProtectHome=read-only',
    '# A /tmp of their own; a socket of tsvd there could not be reached from outside:',
    '#PrivateTmp=yes',
    '#ProtectKernelTunables=yes',
    '#RestrictSUIDSGID=yes',
  ];
}

function reload({ tsvctl, client }: Installation): string[] {
  if (client === undefined)
    return ['# No ExecReload: tsvctl would need a server of tsvd, and its password in the [supervisorctl] section.'];
  return [
    '# Applies what has changed in the configuration; programs that have not changed go on.',
    `ExecReload=${command([tsvctl, ...client, 'update'])}`,
  ];
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/')) || '/';
}

/** In a command, `$` begins a variable, besides the characters that are special everywhere. */
function command(words: readonly string[]): string {
  return words.map((word) => quote(word).replaceAll('$', '$$$$')).join(' ');
}

/** One word, quoted if needed. */
function quote(word: string): string {
  const escaped = escapeSpecifiers(word);
  return /^[\w@%+=:,./$-]+$/.test(escaped) ? escaped : `"${escaped.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
}

function escapeSpecifiers(text: string): string {
  // oxlint-disable-next-line no-control-regex
  if (/[\u0000-\u001F]/.test(text)) throw new Error(`not possible in a unit file: ${JSON.stringify(text)}`);
  return text.replaceAll('%', '%%');
}
