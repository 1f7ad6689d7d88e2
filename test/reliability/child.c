/* The child of the kill test. It records its own life, so that the test need not believe the daemon.
 *
 *   child --name=NAME --test=ID --folder=DIR --seed=N [--lines=PER_SECOND] [--ends=MIN_MS-MAX_MS]
 *
 * DIR/records/NAME gets one line for each fact, each written with a single write in append mode. Times are nanoseconds of
 * CLOCK_MONOTONIC; PID and START name a run.
 *
 *   start  PID START              first thing in main
 *   double PID START              another run holds the lock DIR/locks/NAME, which only the end of a process releases
 *   told   PID START TIME WALL_MS SIGNAL                         received SIGTERM or SIGINT; exits with status 0
 *   broken PID START TIME WALL_MS                                its output has no reader any more (EPIPE); ends by SIGPIPE
 *   end    PID START TIME WALL_MS exit CODE | signal NUMBER      is about to end by itself in this way
 *
 * With --lines, it writes lines of LINE bytes to stdout and stderr, in bursts of random size that are cut at random places:
 *
 *   STREAM PID START SEQUENCE PAYLOAD      O or E, 7 digits, 16 hexadecimal digits, 10 digits, letters
 *
 * SEQUENCE counts from 0 for each run and stream. DIR/written/NAME.PID.START holds four 64-bit numbers in shared memory, which
 * survive a SIGKILL: the bytes offered to write(2) on stdout and stderr, then the bytes that it accepted.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum { LINE = 100, HEAD = 38, BURST = 40 };

struct written {
  volatile uint64_t offered[2], accepted[2];
};

static const char *name, *folder;
static uint64_t start, seed;
static int record_fd = -1;
static struct written *written;
static uint64_t sequence[2];

static uint64_t now(clockid_t clock) {
  struct timespec t;
  clock_gettime(clock, &t);
  return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void fail(const char *what) {
  dprintf(2, "kill test child %s: %s: %s\n", name, what, strerror(errno));
  _exit(125);
}

static int open_in(const char *part, const char *file, int flags) {
  char path[512];
  snprintf(path, sizeof path, "%s/%s/%s", folder, part, file);
  int fd = open(path, flags | O_CREAT | O_CLOEXEC, 0666);
  if (fd < 0) fail(path);
  return fd;
}

static void record(const char *kind, const char *rest) {
  char line[160];
  int length = snprintf(line, sizeof line, "%s %d %llu%s\n", kind, (int)getpid(), (unsigned long long)start, rest);
  if (write(record_fd, line, (size_t)length) != length) fail("record");
}

static void record_now(const char *kind, const char *rest) {
  char line[128];
  snprintf(line, sizeof line, " %llu %llu%s", (unsigned long long)now(CLOCK_MONOTONIC),
           (unsigned long long)now(CLOCK_REALTIME) / 1000000u, rest);
  record(kind, line);
}

/* splitmix64 */
static uint64_t random64(void) {
  uint64_t z = (seed += 0x9e3779b97f4a7c15u);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

static uint64_t between(uint64_t low, uint64_t high) { return low + random64() % (high - low + 1); }

/* The number of earlier runs, so that each run of a program behaves differently for one seed. */
static uint64_t earlier_runs(void) {
  int fd = open_in("records", name, O_RDONLY);
  char buffer[4096], previous = '\n';
  uint64_t count = 0;
  ssize_t length;
  while ((length = read(fd, buffer, sizeof buffer)) > 0)
    for (ssize_t i = 0; i < length; previous = buffer[i++])
      if (previous == '\n' && buffer[i] == 's') count++;
  close(fd);
  return count;
}

static void die_by(int sig) {
  sigset_t only;
  struct rlimit none = {0, 0};
  setrlimit(RLIMIT_CORE, &none);
  signal(sig, SIG_DFL);
  sigemptyset(&only);
  sigaddset(&only, sig);
  sigprocmask(SIG_UNBLOCK, &only, NULL);
  kill(getpid(), sig);
  _exit(124);
}

static void told(int sig) {
  char rest[16];
  snprintf(rest, sizeof rest, " %d", sig);
  record_now("told", rest);
  _exit(0);
}

static void end_by_itself(void) {
  /* SIGINT is left out: pm2 reports it for an exit with status 0, too. */
  static const int signals[] = {SIGKILL, SIGSEGV, SIGABRT, SIGUSR1, SIGUSR2, SIGHUP, SIGQUIT, SIGBUS, SIGALRM};
  int by_signal = (int)(random64() & 1);
  int value = by_signal ? signals[random64() % (sizeof signals / sizeof *signals)] : (int)between(1, 120);
  char rest[32];
  snprintf(rest, sizeof rest, " %s %d", by_signal ? "signal" : "exit", value);
  record_now("end", rest);
  if (by_signal) die_by(value);
  _exit(value);
}

static void write_all(int stream, const char *bytes, size_t length) {
  written->offered[stream] += length;
  while (length > 0) {
    ssize_t count = write(stream + 1, bytes, length);
    if (count < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (count < 0) {
      record_now("broken", "");
      die_by(SIGPIPE);
    }
    written->accepted[stream] += (uint64_t)count;
    bytes += count;
    length -= (size_t)count;
  }
}

static uint64_t write_burst(void) {
  static char buffer[BURST * LINE + 1];
  int stream = (int)(random64() & 1);
  uint64_t lines = between(1, BURST);
  char *at = buffer;
  for (uint64_t line = 0; line < lines; line++, at += LINE) {
    uint64_t number = sequence[stream]++;
    snprintf(at, HEAD + 1, "%c %07d %016llx %010llu ", "OE"[stream], (int)getpid(), (unsigned long long)start,
             (unsigned long long)number);
    for (int i = HEAD; i < LINE - 1; i++) at[i] = (char)('a' + (number + (uint64_t)(i - HEAD)) % 26);
    at[LINE - 1] = '\n';
  }
  size_t left = lines * LINE;
  for (const char *from = buffer; left > 0;) {
    size_t piece = random64() & 1 ? left : between(1, left);
    write_all(stream, from, piece);
    from += piece;
    left -= piece;
  }
  return lines;
}

static void open_written(void) {
  char file[256];
  snprintf(file, sizeof file, "%s.%d.%llu", name, (int)getpid(), (unsigned long long)start);
  int fd = open_in("written", file, O_RDWR);
  if (ftruncate(fd, sizeof *written) < 0) fail("ftruncate");
  written = mmap(NULL, sizeof *written, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (written == MAP_FAILED) fail("mmap");
  close(fd);
}

int main(int argc, char **argv) {
  sigset_t stops;
  uint64_t lines_per_second = 0, ends_from = 0, ends_to = 0;
  start = now(CLOCK_MONOTONIC);
  sigemptyset(&stops);
  sigaddset(&stops, SIGTERM);
  sigaddset(&stops, SIGINT);
  sigprocmask(SIG_BLOCK, &stops, NULL);
  for (int i = 1; i < argc; i++) {
    if (!strncmp(argv[i], "--name=", 7)) name = argv[i] + 7;
    else if (!strncmp(argv[i], "--folder=", 9)) folder = argv[i] + 9;
    else if (!strncmp(argv[i], "--seed=", 7)) seed = strtoull(argv[i] + 7, NULL, 10);
    else if (!strncmp(argv[i], "--lines=", 8)) lines_per_second = strtoull(argv[i] + 8, NULL, 10);
    else if (!strncmp(argv[i], "--ends=", 7)) {
      char *rest;
      ends_from = strtoull(argv[i] + 7, &rest, 10);
      ends_to = strtoull(rest + 1, NULL, 10);
    }
  }
  if (!name || !folder) return 125;
  record_fd = open_in("records", name, O_WRONLY | O_APPEND);
  record("start", "");
  if (flock(open_in("locks", name, O_RDWR), LOCK_EX | LOCK_NB) < 0) record("double", "");

  signal(SIGPIPE, SIG_IGN); /* EPIPE is recorded before it ends this process */
  seed += earlier_runs() * 1000003u;
  if (lines_per_second) open_written();
  uint64_t never = UINT64_MAX;
  uint64_t end_at = ends_to ? start + between(ends_from, ends_to) * 1000000u : never;
  uint64_t write_at = lines_per_second ? start : never;
  for (;;) {
    uint64_t at = now(CLOCK_MONOTONIC), next = end_at < write_at ? end_at : write_at;
    if (at >= end_at) end_by_itself();
    if (at >= write_at) {
      write_at = at + write_burst() * 1000000000u / lines_per_second;
      continue;
    }
    int sig;
    if (next == never) sig = sigwaitinfo(&stops, NULL);
    else {
      struct timespec wait = {(time_t)((next - at) / 1000000000u), (long)((next - at) % 1000000000u)};
      sig = sigtimedwait(&stops, NULL, &wait);
    }
    if (sig > 0) told(sig);
  }
}
