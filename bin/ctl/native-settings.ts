import { printProblem, type Loaded } from '../../plugins/config/index.ts';
import { serversOf } from '../../plugins/http/index.ts';
import { loadWithStandardPlugins } from '../load-configuration.ts';
import { UsageError } from './command-line.ts';

/** How to reach the daemon of a `tsv.config.*`: by its `supervisorctl` section, and by its first server for what that does not say. */
export interface NativeSettings {
  readonly serverurl: string | undefined;
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly prompt: string | undefined;
  readonly history_file: string | undefined;
}

/** @throws UsageError where the configuration is refused. */
export async function readNativeSettings(file: string): Promise<NativeSettings> {
  const { config, problems } = await loadWithStandardPlugins({
    file,
    instead: 'tsvctl goes on without it',
    keepsStdout: true,
  });
  if (problems.length > 0) throw new UsageError(problems.map(printProblem).join('\n'));
  const section = config.sections['supervisorctl'] ?? {};
  const given = (name: string): string | undefined => {
    const value = section[name];
    return typeof value === 'string' ? value : undefined;
  };
  const own = credentials(config.sections);
  return {
    serverurl: given('serverurl') ?? config.serverurl,
    username: given('username') ?? own?.username,
    password: given('password') ?? own?.password,
    prompt: given('prompt'),
    history_file: given('history_file'),
  };
}

/** Of the server that `serverurl` names: the first unix socket, else the first port. Of a hash nobody knows the password. */
function credentials(sections: Loaded['config']['sections']) {
  const servers = serversOf(sections);
  const server = servers.find(({ type }) => type === 'unix') ?? servers[0];
  return server?.password?.startsWith('{SHA}') ? undefined : server;
}
