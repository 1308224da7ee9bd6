#define _GNU_SOURCE
#include "cshims.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <sched.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <unistd.h>

int dg_pipe_cloexec(int fds[2]) { return pipe2(fds, O_CLOEXEC); }

int dg_eventfd(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

int dg_spawn_closefrom(posix_spawn_file_actions_t *actions, int from) {
    return posix_spawn_file_actions_addclosefrom_np(actions, from);
}

int dg_spawn_chdir(posix_spawn_file_actions_t *actions, const char *path) {
    return posix_spawn_file_actions_addchdir_np(actions, path);
}

int dg_fcntl(int fd, int command, int argument) { return fcntl(fd, command, argument); }

long dg_pipe_available(int fd) {
    int count = 0;
    return ioctl(fd, FIONREAD, &count) < 0 ? -1 : count;
}

long dg_splice(int pipe, int target, size_t count) {
    return splice(pipe, NULL, target, NULL, count, SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
}

int dg_open(const char *path, int flags, mode_t mode) { return open(path, flags | O_CLOEXEC, mode); }

int dg_random(void *buffer, size_t count) {
    unsigned char *next = buffer;
    while (count > 0) {
        ssize_t got = getrandom(next, count, 0);
        if (got < 0) {
            if (errno == EINTR) continue;
            return -1;
        }
        next += got;
        count -= (size_t)got;
    }
    return 0;
}

void dg_limit_heap(void) {
    mallopt(M_ARENA_MAX, 2);
    mallopt(M_TRIM_THRESHOLD, 1 << 17);
    // Setting one of them fixes the other; large buffers keep coming from, and returning to, the system.
    mallopt(M_MMAP_THRESHOLD, 1 << 17);
}

int dg_schedule_as_batch(pid_t process) {
    const struct sched_param none = {0};
    return sched_setscheduler(process, SCHED_BATCH, &none);
}

int dg_set_child_subreaper(void) { return prctl(PR_SET_CHILD_SUBREAPER, 1); }

struct fcgi_reader {
    unsigned char *buffer;
    int capacity;
    unsigned char *allocated;
    unsigned char *end;
    int type, stop_at_record, skip, content_left, padding_left, written, raw;
    const void *request;
};

long dg_fcgi_buffered(const void *data, const unsigned char *next, const void *request) {
    const struct fcgi_reader *reader = data;
    if (reader->request != request || reader->capacity < 32 || reader->capacity > 1 << 20) return -1;
    if (reader->end < reader->buffer || reader->end > reader->buffer + reader->capacity) return -1;
    if (next < reader->buffer || next > reader->end) return -1;
    long there = reader->end - next;
    // Padding after a record is no reason to read on: the next record may never come.
    return reader->content_left == 0 && there <= reader->padding_left ? 0 : there;
}

int dg_errno(void) { return errno; }
