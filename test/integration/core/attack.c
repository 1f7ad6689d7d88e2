/* What a program of an unprivileged user can try on the daemon that started it, and on the daemon's other children while
 * they are not their user's yet. Says "begun", then a line for whatever succeeded. The argument: the daemon's pid. */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

/* 1: all ids of the process are those of this user; 0: not all; -1: it is gone. */
static int is_mine(int pid) {
  char path[64], line[256];
  unsigned ids[4];
  int mine = -1;
  snprintf(path, sizeof path, "/proc/%d/status", pid);
  FILE *status = fopen(path, "re");
  if (!status) return -1;
  while (fgets(line, sizeof line, status)) {
    if (sscanf(line, "Uid: %u %u %u %u", &ids[0], &ids[1], &ids[2], &ids[3]) != 4) continue;
    mine = ids[0] == getuid() && ids[1] == getuid() && ids[2] == getuid() && ids[3] == getuid();
  }
  fclose(status);
  return mine;
}

/* A child that has become this user's in the meantime is fair game; one that was never so is not. */
static void succeeded(const char *what, int pid) {
  if (is_mine(pid) == 0) printf("%s of %d\n", what, pid), fflush(stdout);
}

static void try_files(int pid) {
  static const char *const to_read[] = {"mem", "environ", "maps", "auxv", "io", "stack", "syscall", "personality"};
  char path[64], target[256];
  for (size_t i = 0; i < sizeof to_read / sizeof *to_read; i++) {
    snprintf(path, sizeof path, "/proc/%d/%s", pid, to_read[i]);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd == -1) continue;
    if (read(fd, target, sizeof target) > 0 || i == 0) succeeded(to_read[i], pid);
    close(fd);
  }
  snprintf(path, sizeof path, "/proc/%d/fd", pid);
  DIR *folder = opendir(path);
  if (folder) succeeded("fd", pid), closedir(folder);
  static const char *const links[] = {"fd/0", "fd/1", "cwd", "root", "exe"};
  for (size_t i = 0; i < sizeof links / sizeof *links; i++) {
    snprintf(path, sizeof path, "/proc/%d/%s", pid, links[i]);
    if (readlink(path, target, sizeof target) > 0) succeeded(links[i], pid);
  }
  snprintf(path, sizeof path, "/proc/%d/oom_score_adj", pid);
  int fd = open(path, O_WRONLY | O_CLOEXEC);
  if (fd != -1) succeeded("oom_score_adj", pid), close(fd);
}

static void try_calls(int pid) {
  if (kill(pid, 0) == 0) succeeded("kill", pid);
  if (ptrace(PTRACE_SEIZE, pid, 0, 0) == 0) {
    succeeded("ptrace", pid);
    ptrace(PTRACE_INTERRUPT, pid, 0, 0);
    waitpid(pid, NULL, __WALL);
    ptrace(PTRACE_DETACH, pid, 0, 0);
  }
  char byte;
  struct iovec own = {&byte, 1}, its = {(void *)is_mine, 1};
  if (process_vm_readv(pid, &own, 1, &its, 1, 0) == 1) succeeded("process_vm_readv", pid);
  struct rlimit limit;
  if (prlimit(pid, RLIMIT_NOFILE, NULL, &limit) == 0) succeeded("prlimit", pid);
  if (setpriority(PRIO_PROCESS, pid, 19) == 0) succeeded("setpriority", pid);
  int handle = (int)syscall(SYS_pidfd_open, pid, 0);
  if (handle == -1) return;
  int fd = (int)syscall(SYS_pidfd_getfd, handle, 0, 0);
  if (fd != -1) succeeded("pidfd_getfd", pid), close(fd);
  if (syscall(SYS_pidfd_send_signal, handle, 0, NULL, 0) == 0) succeeded("pidfd_send_signal", pid);
  close(handle);
}

static void try_on(int pid) {
  if (pid == getpid() || is_mine(pid) != 0) return;
  try_calls(pid);
  try_files(pid);
}

int main(int argc, char **argv) {
  int daemon = argc == 2 ? atoi(argv[1]) : 0;
  char path[64], children[65536];
  if (daemon <= 0) return 2;
  snprintf(path, sizeof path, "/proc/%d/task/%d/children", daemon, daemon);
  puts("begun");
  fflush(stdout);
  for (;;) {
    try_on(daemon);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t length = fd == -1 ? 0 : read(fd, children, sizeof children - 1);
    if (fd != -1) close(fd);
    children[length > 0 ? length : 0] = '\0';
    for (char *word = strtok(children, " "); word; word = strtok(NULL, " ")) try_on(atoi(word));
  }
}
