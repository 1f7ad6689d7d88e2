import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { hasPython } from '../support/python.ts';
import { Place } from '../support/tsvd.ts';
import { freePort } from '../support/free-port.ts';

// Python's own client of XML-RPC and of HTTP, as programs in the field use them, against a daemon with both kinds of
// servers open at the same time.

const SCRIPT = `
import http.client, json, socket, sys, xmlrpc.client
path, port, password = sys.argv[1:]

class Connection(http.client.HTTPConnection):
    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.connect(path)

class Transport(xmlrpc.client.Transport):
    def make_connection(self, host):
        return Connection('localhost')

unix = xmlrpc.client.ServerProxy('http://localhost/RPC2', transport=Transport())
tcp = xmlrpc.client.ServerProxy('http://admin:%s@127.0.0.1:%s/RPC2' % (password, port))
told = {}

def fault(call):
    try:
        return ['no fault', call()]
    except xmlrpc.client.Fault as error:
        return [error.faultCode, error.faultString]
    except xmlrpc.client.ProtocolError as error:
        return [error.errcode, error.errmsg]

def status(results):
    return sorted([one['group'] + ':' + one['name'], one['status'], one['description']] for one in results)

told['both'] = [unix.supervisor.getPID() == tcp.supervisor.getPID(), tcp.supervisor.getAPIVersion()]
stranger = xmlrpc.client.ServerProxy('http://admin:wrong@127.0.0.1:%s/RPC2' % port)
told['wrong password'] = fault(stranger.supervisor.getPID)
told['group'] = status(unix.supervisor.startProcess('pair:*'))
told['group again'] = status(unix.supervisor.startProcessGroup('pair'))
told['no wait'] = [unix.supervisor.startProcess('slow', False), unix.supervisor.getProcessInfo('slow')['statename']]
told['group fault'] = fault(lambda: unix.supervisor.startProcess('nope:*'))

raw = unix.system.multicall([
    {'methodName': 'supervisor.stopProcess', 'params': ['slow']},
    {'methodName': 'supervisor.startProcess', 'params': ['dies']},
    {'methodName': 'supervisor.getProcessInfo', 'params': ['nope']},
    {'methodName': 'system.multicall', 'params': [[]]},
    {'methodName': 'supervisor.stopProcessGroup', 'params': ['pair']},
    {'methodName': 'supervisor.getState'},
    {'params': []},
])
told['multicall'] = raw[:4] + [status(raw[4])] + raw[5:]

text, offset, overflow = unix.supervisor.tailProcessStdoutLog('bytes', 0, 1000)
told['bytes'] = [len(text), offset, overflow, text.endswith('end')]
stream = Connection('localhost')
stream.request('GET', '/logtail/bytes')
told['raw bytes'] = stream.getresponse().read(259).hex()
stream.close()
told['large'] = len(unix.supervisor.readProcessStdoutLog('large', 0, 0))

call = xmlrpc.client.dumps((), 'supervisor.getAPIVersion').encode()
def request(method, body=None, headers={}, chunked=False):
    connection = Connection('localhost')
    connection.request(method, '/RPC2', body, headers, encode_chunked=chunked)
    answer = connection.getresponse()
    return [answer.status, answer.getheader('Allow'), b'3.0' in answer.read()]
told['chunked'] = request('POST', iter([call[:20], call[20:]]), {'Transfer-Encoding': 'chunked'}, True)
told['get'] = request('GET')
told['head'] = request('HEAD')
told['empty'] = request('POST', b'')
def raw_request(text):
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connection.connect(path)
    connection.sendall(text)
    received = b''
    while True:
        piece = connection.recv(65536)
        if not piece:
            return received
        received += piece
old = b'POST /RPC2 HTTP/1.0\\r\\nContent-Length: %d\\r\\n' % len(call)
told['http 1.0'] = raw_request(old + b'\\r\\n' + call).count(b'3.0')
told['http 1.0 kept alive'] = raw_request((old + b'Connection: keep-alive\\r\\n\\r\\n' + call) + (old + b'\\r\\n' + call)).count(b'<string>3.0')
kept = Connection('localhost')
answers = []
for _ in range(3):
    kept.request('POST', '/RPC2', call)
    answers.append(kept.getresponse().read().count(b'3.0'))
told['kept alive'] = answers
told['help'] = ['startProcess' in ' '.join(unix.system.listMethods()), unix.system.methodSignature('supervisor.startProcess')]
print(json.dumps(told))
`;

test.skipIf(!hasPython())('python3 xmlrpc.client meets every clause of the interface', async () => {
  await using place = new Place();
  const port = await freePort();
  const password = 'pa:ss wörd'.replaceAll(/[: ö]/g, ''); // one that a URL can hold as it is
  const sha = createHash('sha1').update(password).digest('hex');
  const every = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
  writeFileSync(place.path('bytes.log'), Buffer.concat([every, Buffer.from('end')]));
  writeFileSync(place.path('large.log'), 'é<&>'.repeat(1_000_000));
  place.conf(
    `[inet_http_server]\nport=127.0.0.1:${port}\nusername=admin\npassword={SHA}${sha}\n` +
      '[program:x]\ncommand=cat\nautostart=false\nstartsecs=0\n[program:y]\ncommand=/no/such/program\nautostart=false\n' +
      '[group:pair]\nprograms=x,y\n[program:slow]\ncommand=cat\nautostart=false\nstartsecs=60\n' +
      '[program:dies]\ncommand=false\nautostart=false\nstartretries=0\n' +
      `[program:bytes]\ncommand=cat\nautostart=false\nstdout_logfile=${place.path('bytes.log')}\n` +
      `[program:large]\ncommand=cat\nautostart=false\nstdout_logfile=${place.path('large.log')}\n`,
  );
  await place.start();
  const { stdout } = await promisify(execFile)('python3', ['-c', SCRIPT, place.socket, String(port), password]);
  expect(JSON.parse(stdout)).toEqual({
    both: [true, '3.0'],
    'wrong password': [401, 'Unauthorized'],
    group: [
      ['pair:x', 80, 'OK'],
      ['pair:y', 20, expect.stringContaining('NO_FILE')],
    ],
    'group again': [['pair:y', 20, expect.stringContaining('NO_FILE')]],
    'no wait': [true, 'STARTING'],
    'group fault': [10, 'BAD_NAME: nope:*'],
    multicall: [
      true,
      { faultCode: 50, faultString: 'SPAWN_ERROR: dies' },
      { faultCode: 10, faultString: 'BAD_NAME: nope' },
      { faultCode: 2, faultString: 'INCORRECT_PARAMETERS: Recursive system.multicall forbidden' },
      [['pair:x', 80, 'OK']],
      { statecode: 1, statename: 'RUNNING' },
      { faultCode: 2, faultString: 'INCORRECT_PARAMETERS: No methodName' },
    ],
    bytes: [259, 259, false, true],
    'raw bytes': Buffer.concat([every, Buffer.from('end')]).toString('hex'),
    large: 4_000_000,
    chunked: [200, null, true],
    get: [405, 'POST', false],
    head: [405, 'POST', false],
    empty: [400, null, false],
    'http 1.0': 1,
    'http 1.0 kept alive': 2,
    'kept alive': [1, 1, 1],
    help: [true, ['boolean', 'string', 'boolean']],
  });
});
