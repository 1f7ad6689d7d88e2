import { printProblem, type Loaded } from '../../config/index.ts';
import { clientServer, serversOf } from '../http/index.ts';
import { loadWithStandardPlugins } from '../../load-configuration.ts';
import { ClientConfigError, type Environment, type GivenSettings } from './settings.ts';

/**
 * How to reach the daemon of a `tsv.config.*`: from its `supervisorctl` section; missing values come from its first
 * server.
 * @throws ClientConfigError if the configuration is refused.
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

/** The credentials of the server that `serverurl` names. The password of a hash is unknown. */
function credentials(sections: Loaded['config']['sections']) {
  const server = clientServer(serversOf(sections));
  return server?.password?.startsWith('{SHA}') ? undefined : server;
}
