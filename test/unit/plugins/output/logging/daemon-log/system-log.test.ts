import { expect, test } from 'vitest';
import { FakeClock } from '../../../../../../core/testing/index.ts';
import { SystemLog } from '../../../../../../plugins/output/logging/daemon-log/system-log.ts';

function make() {
  const sent: string[] = [];
  const reports: string[] = [];
  const state: { code?: string } = {};
  const clock = new FakeClock();
  const log = new SystemLog({
    clock,
    send(bytes) {
      if (state.code !== undefined) throw Object.assign(new Error(`sendto: ${state.code}`), { code: state.code });
      sent.push(Buffer.from(bytes).toString());
    },
    report: (problem) => void reports.push(problem),
  });
  return { log, sent, reports, state };
}

test('a message is what syslog(3) sends', () => {
  const { log, sent } = make();
  log.write('web hello é');
  expect(sent).toEqual([expect.stringMatching(/^<14>[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d supervisord: web hello é$/)]);
});

test('what is not taken is dropped and counted, and said once it is taken again', () => {
  const { log, sent, reports, state } = make();
  state.code = 'EAGAIN';
  for (let line = 0; line < 3; line += 1) log.write('lost');
  expect([sent, reports]).toEqual([[], []]);
  delete state.code;
  log.write('here');
  log.write('and here');
  expect(sent).toHaveLength(2);
  expect(reports).toEqual(['syslog did not take 3 messages, which are lost: sendto: EAGAIN']);
});

test.each(['ENOENT', 'ECONNREFUSED'])('where nobody listens, nothing is said of it: %s', (code) => {
  const { log, reports, state } = make();
  state.code = code;
  log.write('lost');
  delete state.code;
  log.write('here');
  expect(reports).toEqual([]);
});
