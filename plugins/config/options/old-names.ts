/** What options of early Supervisors are called now, and options that people look for in the wrong section. */
const OLD_NAMES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  program: {
    logfile: 'stdout_logfile',
    log_stdout: 'stdout_logfile',
    log_stderr: 'redirect_stderr',
    logfile_maxbytes: 'stdout_logfile_maxbytes',
    logfile_backups: 'stdout_logfile_backups',
    username: 'user',
    name: 'process_name',
    env: 'environment',
    cwd: 'directory',
    working_directory: 'directory',
  },
  supervisord: {
    http_port: 'port in [inet_http_server]',
    http_username: 'username in [inet_http_server]',
    http_password: 'password in [inet_http_server]',
    sockchmod: 'chmod in [unix_http_server]',
    sockchown: 'chown in [unix_http_server]',
    backofflimit: 'startretries in each program',
    username: 'user',
  },
};

/** The name that an option has today. */
export function newName(kind: string, option: string): string | undefined {
  const names = OLD_NAMES[kind] ?? {};
  return Object.hasOwn(names, option) ? names[option] : undefined;
}
