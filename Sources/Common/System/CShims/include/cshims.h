// The few libc calls that Swift's Glibc module hides, or cannot import (variadics, feature macros).
#ifndef DOCMOST_GIT_CSHIMS_H
#define DOCMOST_GIT_CSHIMS_H

#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <sys/types.h>

/// pipe2(2) with O_CLOEXEC. Returns 0, or -1 with errno.
int dg_pipe_cloexec(int fds[2]);

/// eventfd(2), close-on-exec and non-blocking. Returns the descriptor, or -1 with errno.
int dg_eventfd(void);

/// posix_spawn_file_actions_addclosefrom_np: closes `from` and everything above in the child (glibc 2.34).
int dg_spawn_closefrom(posix_spawn_file_actions_t *actions, int from);

/// posix_spawn_file_actions_addchdir_np (glibc 2.29).
int dg_spawn_chdir(posix_spawn_file_actions_t *actions, const char *path);

/// fcntl(2) with an integer argument. Returns fcntl's value, or -1 with errno.
int dg_fcntl(int fd, int command, int argument);

/// How many bytes wait in a pipe (FIONREAD). Returns their number, or -1 with errno.
long dg_pipe_available(int fd);

/// splice(2) from a pipe, without waiting on its side. Returns the bytes moved, or -1 with errno.
long dg_splice(int pipe, int target, size_t count);

/// open(2) with a mode; always O_CLOEXEC.
int dg_open(const char *path, int flags, mode_t mode);

/// getrandom(2) until `count` bytes are filled. Returns 0, or -1 with errno.
int dg_random(void *buffer, size_t count);

/// mallopt(3): two arenas instead of eight per processor, and freed memory goes back to the system early.
void dg_limit_heap(void);

/// sched_setscheduler(2) with SCHED_BATCH, which a process and all that it starts from then on keep. 0, or -1 with errno.
int dg_schedule_as_batch(pid_t process);

/// prctl(PR_SET_CHILD_SUBREAPER): orphaned descendants become our children.
int dg_set_child_subreaper(void);

/// The bytes that libfcgi has read from the web server and not yet delivered: of a stream's private reader state (`data`),
/// whose layout has not changed since libfcgi 2.2. Returns their number, 0 when only padding is left, or -1 if the layout
/// is not the expected one.
///
/// Why: a record can wait in that buffer while poll(2) on the socket reports nothing to read.
long dg_fcgi_buffered(const void *data, const unsigned char *next, const void *request);

/// errno, which Swift reads right after the call.
int dg_errno(void);

#endif
