/** The supervisor alone: the state machine, spawning, hooks, events, services. */
export { Supervisor, splitSpec, type SupervisorOptions, type UpdateOptions, type UpdateResult } from './supervisor.ts';
export { loadedCopies, noteCopy } from './loaded-copies.ts';
export { Group } from './group.ts';
export { Process } from './process.ts';
export type {
  Operation,
  ReplaceResult,
  RestartOperation,
  RestartOptions,
  RestartResult,
  SignalResult,
  StartResult,
  StopResult,
} from './operation.ts';
export type { ProcessRecord } from './process-record.ts';
export { namespec, type ProcessView } from './process-view.ts';
export {
  GROUP_OPTIONS,
  groupConfig,
  PROCESS_DEFAULTS,
  PROCESS_OPTIONS,
  processConfig,
  supervisorConfig,
  type CoreTable,
  type CoreType,
  type CoreValues,
  type GroupConfig,
  type ProcessConfig,
  type SupervisorConfig,
  type UserIdentity,
} from './config.ts';
export { canSignal, isRunning, isStopped, STATE_CODES, type State } from './machine/state.ts';
export {
  describeExit,
  exitOf,
  waitStatusOf,
  type Exit,
  type RunUsage,
  type StopPlan,
  type Verdict,
  type WaitStatus,
} from './exit.ts';
export { describeCause, type Cause } from './cause.ts';
export type { Hooks } from './hooks.ts';
export type { AsyncTerms, HookFactory } from './hook-factory.ts';
export type { Terms } from './hook-guard.ts';
export { hooksOf } from './hooks-of.ts';
export { perSupervisor } from './per-supervisor.ts';
export { EventBus, type EventMap, type Listener, type SupervisorState } from './events.ts';
export { Observers } from './observers.ts';
export { service, type ServiceKey } from './services.ts';
export { withDeadline, type Deadline } from './deadline.ts';
export type { Plugin } from './plugin.ts';
export type { Declaration, ProgramKind, ReadSection, Resolution, ResolveHost } from './declaration.ts';
export {
  defineOptions,
  readOptions,
  type Change,
  type Option,
  type OptionInputs,
  type OptionTable,
  type OptionValues,
  type Schema,
  type SchemaIssue,
  type SectionCheck,
  type SectionFault,
} from './option.ts';
export { bytesOf } from './spawn/bytes.ts';
export { predictFailure } from './spawn/predict-failure.ts';
export { withoutCredentials } from './credentials.ts';
export { numberOfSignal, signalNamed, SIGNAL_NUMBERS, signalOfNumber } from './signals.ts';
export { splitCommand } from './program/split-command.ts';
export { expand, type Expanded, type Scope } from './program/expand.ts';
export {
  clockTime,
  isoDate,
  localTime,
  monthName,
  startOfDay,
  useUtcOffset,
  type LocalTime,
  type UtcOffset,
} from './local-time.ts';
export { spell, visible } from './visible.ts';
export { pause, systemClock, type Clock, type Timer } from './clock.ts';
export { countDescriptors, mayOpen, reserveOf, type DescriptorCount, type DescriptorUse } from './descriptors.ts';
export { changeTables, CORE_CHANGES, type ChangeTables } from './reload/change-tables.ts';
export type { Reload } from './reload/compare.ts';
export { loadEqual, type Equal } from './reload/equal.ts';
export {
  isEmptyPlan,
  planReload,
  type OptionChange,
  type PlannedGroup,
  type PlannedProcess,
  type ReloadPlan,
  type SectionChange,
} from './reload/plan.ts';
export type { UpdateOutcome } from './reload/update.ts';
export { type Child } from './spawn/child.ts';
export { findCommand, type Command } from './spawn/command.ts';
export { type SpawnPlan, type Stdio } from './spawn/plan.ts';
export { FAILURE_KINDS, type ExecFailure, type FailureKind } from './spawn/failure.ts';
export { inheritedEnvironment, startEnvironment } from './spawn/inherited-environment.ts';
export { createSpawner } from './spawn/node-spawner.ts';
export { SpawnRefusal } from './spawn/refusal.ts';
export type { Spawner, SpawnResult } from './spawn/spawner.ts';
export {
  callsOf,
  codeOf,
  ERRORS,
  errorsOf,
  reasonOf,
  TsvError,
  tsvError,
  type ErrorCode,
  type ErrorTable,
} from './errors.ts';
export {
  Folder,
  isSameFile,
  locate,
  LONGEST_SOCKET_PATH,
  NewSocket,
  socketPath,
  lookAt,
  openFile,
  openFolder,
  refusal,
  type FolderTrust,
  type LocateOptions,
  type Located,
  type OpenOptions,
} from './files/index.ts';
export { unreachable } from './unreachable.ts';
