import { printProblem, type Loaded } from '../config/index.ts';
import { serversOf } from '../http/index.ts';
import { loadWithStandardPlugins } from '../load-configuration.ts';
import { ClientConfigError, type Environment, type GivenSettings } from './settings.ts';

/**
 * How to reach the daemon of a `tsv.config.*`: by its `supervisorctl` section, and by its first server for what that does not say.
 * @throws ClientConfigError where the configuration is refused.
 */
export async function readNativeSettings(file: string, env: Environment): Promise<GivenSettings> {
  const { config, problems } = await loadWithStandardPlugins({
    file,
    env,
    instead: 'a configuration may not end its client',
    keepsStdout: true,
  });
  if (problems.length > 0) throw new ClientConfigError(problems.map(printProblem).join('\n'));
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
