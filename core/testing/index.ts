/** For tests of plugins: a supervisor with a fake clock and fake children, and a record of its events. */
export { COMMAND, provides, settle, stage, type RecordedEvent, type Stage, type StagedProgram } from './stage.ts';
export { FakeClock } from './fake-clock.ts';
export { FakeChild, FakeSpawner } from './fake-spawner.ts';
