import { type Connection, FAULTS, faultCode } from '../../../plugins/control/client/index.ts';
import type { XmlRpcValue } from '../../../plugins/control/rpc/xmlrpc/index.ts';
import type { Command } from '../command.ts';

/** Calls any method, including those that plugins add, without code for it here. */
export const call: Command = {
  name: 'call',
  usage: [
    ['call', 'list the methods of the daemon, those that plugins add included'],
    ['call METHOD [WORD...]', 'call a method, its parameters as words; a list or struct is written as JSON'],
    ['call METHOD --json', 'the result as JSON'],
    ['call METHOD --help', 'show what a method does and takes'],
  ],
  hasJson: true,
  async run(session, words) {
    const { connection } = session;
    const [name, ...given] = words;
    if (name === undefined) return session.line(valueText(await connection.call('system.listMethods')));
    try {
      if (given.includes('--help'))
        return session.line(valueText(await connection.call('system.methodHelp', name)).trim());
      const result = await connection.call(name, ...(await parametersOf(connection, name, given)));
      if (session.json) session.document(result);
      else session.line(valueText(result));
    } catch (error) {
      if (error instanceof WrongWord) return session.fail(`Error: ${error.message}`);
      if (faultCode(error) !== FAULTS.UNKNOWN_METHOD && faultCode(error) !== FAULTS.SIGNATURE_UNSUPPORTED) throw error;
      session.fail(`Error: the daemon has no method ${name}; "call" lists those that it has`);
    }
  },
};

class WrongWord extends Error {}

/** Converts a word to the type of the signature; the daemon refuses surplus words. */
async function parametersOf(connection: Connection, name: string, words: readonly string[]): Promise<XmlRpcValue[]> {
  const signature = await connection.call('system.methodSignature', name);
  const types = Array.isArray(signature) ? signature.slice(1) : [];
  return words.map((word, index) => parameter(word, types[index]));
}

function parameter(word: string, type: XmlRpcValue | undefined): XmlRpcValue {
  if (type === 'int' && /^-?\d+$/.test(word)) return Number(word);
  if (type === 'boolean' && /^(true|false)$/.test(word)) return word === 'true';
  if (type === 'array' || type === 'struct') return fromJson(word);
  if (type === 'int' || type === 'boolean')
    throw new WrongWord(`${word} is not ${type === 'int' ? 'an int' : 'true or false'}`);
  return word;
}

function fromJson(word: string): XmlRpcValue {
  try {
    // XML-RPC can represent all JSON values except null, which the daemon refuses by name.
    return JSON.parse(word) as XmlRpcValue;
  } catch {
    throw new WrongWord(`${word} is not JSON`);
  }
}

/** A list of texts is a line for each; anything else that is no text is JSON. */
function valueText(value: XmlRpcValue): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value.join('\n');
  return JSON.stringify(value, undefined, 2);
}
