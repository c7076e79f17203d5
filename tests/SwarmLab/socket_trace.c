/*
 * socket_trace OUT_FD [-r] [-k] -- COMMAND...
 *
 * Runs COMMAND and writes to OUT_FD every byte that its TCP sockets accepted (with -r also every byte they gave out), as read from
 * outside: the process is stopped by ptrace at each send call, and what counts is the return value that the kernel gave it, with
 * the bytes at the addresses of the call. Nothing of COMMAND is changed, so libc calls, P/Invoke and raw system calls all count. A
 * seccomp filter keeps every other call at full speed. Processes that COMMAND starts run as usual and are not looked at.
 *
 * With -k a call counts whose process is killed in the middle of it, too: there is no return value then, but the socket is held open until the
 * kernel has said how much it accepted (TCP_INFO), and the bytes were read before the call.
 *
 * A record is `struct record`, then `length` bytes of content, none where `kind` is 'F' or 'U'. Records of one socket are in the
 * order of its calls: a thread stays stopped until its record is written.
 *
 * Linux 5.6 or later; x86-64 and arm64.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <linux/tcp.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

struct record {
    uint64_t socket;   /* the kernel's cookie: one for each socket that ever was */
    uint32_t length;   /* bytes that the call moved */
    char kind;         /* 'S' sent, 'R' received, 'F' sent from a file (no content here), 'U' a call that cannot be followed */
    char local[59];    /* "address:port" */
    char remote[64];
};

enum { MAX_THREADS = 4096, MAX_IOVECS = 1024 };

/* A thread that is inside a call on a TCP socket. */
struct call {
    pid_t thread;
    uint64_t number, args[6];
    struct record record;
    /* With -k, of a call that sends: the socket, what it had accepted before, the bytes of the call. */
    int socket;
    uint64_t before;
    char *content;
    size_t content_length;
};

static struct call calls[MAX_THREADS];
static int call_count;
static pid_t child;
static int output, process, with_kills;

static const int sends[] = {SYS_sendto, SYS_sendmsg, SYS_sendmmsg, SYS_write, SYS_writev,
                            SYS_sendfile, SYS_splice, SYS_io_uring_setup};
static const int receives[] = {SYS_recvfrom, SYS_recvmsg, SYS_recvmmsg, SYS_read, SYS_readv};

static void die(const char *what) {
    fprintf(stderr, "socket_trace: %s: %s\n", what, strerror(errno));
    exit(125);
}

static void put(struct iovec *parts, int count) {
    while (count > 0) {
        ssize_t done = writev(output, parts, count);
        if (done < 0) {
            if (errno == EINTR)
                continue;
            die("write");
        }
        while (count > 0 && (size_t)done >= parts->iov_len) {
            done -= parts->iov_len;
            parts++;
            count--;
        }
        if (count > 0) {
            parts->iov_base = (char *)parts->iov_base + done;
            parts->iov_len -= done;
        }
    }
}

static void name(const struct sockaddr_storage *from, char *into, size_t size) {
    char text[INET6_ADDRSTRLEN] = "";
    if (from->ss_family == AF_INET) {
        const struct sockaddr_in *v4 = (const void *)from;
        inet_ntop(AF_INET, &v4->sin_addr, text, sizeof text);
        snprintf(into, size, "%s:%u", text, ntohs(v4->sin_port));
    } else {
        const struct sockaddr_in6 *v6 = (const void *)from;
        inet_ntop(AF_INET6, &v6->sin6_addr, text, sizeof text);
        int mapped = IN6_IS_ADDR_V4MAPPED(&v6->sin6_addr);
        snprintf(into, size, mapped ? "%s:%u" : "[%s]:%u", mapped ? text + strlen("::ffff:") : text, ntohs(v6->sin6_port));
    }
}

/* Fills in who is at both ends; false: no connected TCP socket of COMMAND. Before the call: afterwards the peer may be gone. */
static int identify(pid_t thread, int fd, struct record *record, int *held) {
    char task[64];
    snprintf(task, sizeof task, "/proc/%d/task/%d", child, thread);
    if (access(task, F_OK) != 0)
        return 0;
    int copy = syscall(SYS_pidfd_getfd, process, fd, 0);
    if (copy < 0)
        return 0;
    int type = 0, protocol = 0, found = 0;
    socklen_t int_size = sizeof type, size = sizeof(struct sockaddr_storage);
    struct sockaddr_storage address;
    if (getsockopt(copy, SOL_SOCKET, SO_TYPE, &type, &int_size) == 0 && type == SOCK_STREAM &&
        getsockopt(copy, SOL_SOCKET, SO_PROTOCOL, &protocol, &int_size) == 0 && protocol == IPPROTO_TCP &&
        getpeername(copy, (void *)&address, &size) == 0) {
        name(&address, record->remote, sizeof record->remote);
        size = sizeof address;
        if (getsockname(copy, (void *)&address, &size) == 0) {
            name(&address, record->local, sizeof record->local);
            size = sizeof record->socket;
            found = getsockopt(copy, SOL_SOCKET, SO_COOKIE, &record->socket, &size) == 0;
        }
    }
    if (found && held)
        *held = copy;
    else
        close(copy);
    return found;
}

/* Bytes that the kernel has accepted from a socket since it was opened. */
static uint64_t accepted(int socket) {
    struct tcp_info info;
    socklen_t size = sizeof info;
    memset(&info, 0, sizeof info);
    if (getsockopt(socket, IPPROTO_TCP, TCP_INFO, &info, &size) < 0)
        die("TCP_INFO");
    return info.tcpi_bytes_sent - info.tcpi_bytes_retrans + info.tcpi_notsent_bytes;
}

static int try_copy(pid_t thread, uint64_t from, void *into, size_t size) {
    struct iovec here = {into, size}, there = {(void *)from, size};
    return size == 0 || process_vm_readv(thread, &here, 1, &there, 1, 0) == (ssize_t)size;
}

/* Reads the bytes of a call before it is made; none if the process is already gone. */
static void read_ahead(struct call *call) {
    static struct iovec buffers[MAX_IOVECS];
    struct msghdr message;
    uint64_t iovecs = call->args[1];
    size_t count = call->args[2];
    switch (call->number) {
    case SYS_sendto:
    case SYS_write:
        buffers[0] = (struct iovec){(void *)call->args[1], call->args[2]};
        count = 1;
        break;
    case SYS_sendmsg:
    case SYS_sendmmsg: /* of one message, as all here are */
        if (!try_copy(call->thread, call->args[1], &message, sizeof message))
            return;
        iovecs = (uint64_t)message.msg_iov;
        count = message.msg_iovlen;
        /* fall through */
    case SYS_writev:
        if (count > MAX_IOVECS || !try_copy(call->thread, iovecs, buffers, count * sizeof *buffers))
            return;
        break;
    default:
        return;
    }
    size_t length = 0;
    for (size_t i = 0; i < count; i++)
        length += buffers[i].iov_len;
    if (!(call->content = malloc(length + 1)))
        die("memory");
    for (size_t i = 0; i < count; i++) {
        if (!try_copy(call->thread, (uint64_t)buffers[i].iov_base, call->content + call->content_length, buffers[i].iov_len))
            return;
        call->content_length += buffers[i].iov_len;
    }
}

/* Copies `length` bytes out of the thread's buffers, and writes the record. */
static void write_record(struct call *call, struct iovec *buffers, size_t count, size_t length) {
    static char *content;
    static size_t capacity;
    if (length > capacity && !(content = realloc(content, capacity = length)))
        die("memory");
    size_t taken = 0;
    for (size_t i = 0; i < count && taken < length; i++) {
        size_t part = buffers[i].iov_len < length - taken ? buffers[i].iov_len : length - taken;
        struct iovec here = {content + taken, part}, there = {buffers[i].iov_base, part};
        if (part > 0 && process_vm_readv(call->thread, &here, 1, &there, 1, 0) != (ssize_t)part) {
            if (with_kills && errno == ESRCH)
                return; /* killed after it was received: nothing can come of it */
            die("process_vm_readv");
        }
        taken += part;
    }
    if (taken != length) {
        errno = EPROTO;
        die("a call returned more than its buffers hold");
    }
    call->record.length = length;
    put((struct iovec[]){{&call->record, sizeof call->record}, {content, length}}, 2);
}

static void copy_in(pid_t thread, uint64_t from, void *into, size_t size) {
    struct iovec here = {into, size}, there = {(void *)from, size};
    if (size > 0 && process_vm_readv(thread, &here, 1, &there, 1, 0) != (ssize_t)size)
        die("process_vm_readv");
}

static void from_iovecs(struct call *call, uint64_t address, size_t count, size_t length) {
    static struct iovec buffers[MAX_IOVECS];
    if (count > MAX_IOVECS)
        count = MAX_IOVECS;
    copy_in(call->thread, address, buffers, count * sizeof *buffers);
    write_record(call, buffers, count, length);
}

static void from_message(struct call *call, uint64_t address, size_t length) {
    struct msghdr message;
    copy_in(call->thread, address, &message, sizeof message);
    from_iovecs(call, (uint64_t)message.msg_iov, message.msg_iovlen, length);
}

static void from_messages(struct call *call, int64_t count) {
    for (int64_t i = 0; i < count; i++) {
        uint64_t address = call->args[1] + i * sizeof(struct mmsghdr);
        struct mmsghdr message;
        copy_in(call->thread, address, &message, sizeof message);
        if (message.msg_len > 0)
            from_message(call, address, message.msg_len);
    }
}

/* The call has returned `result`, which is more than 0. */
static void finished(struct call *call, int64_t result) {
    int received = 0;
    for (size_t i = 0; i < sizeof receives / sizeof *receives; i++)
        received |= call->number == (uint64_t)receives[i];
    call->record.kind = received ? 'R' : 'S';
    if (call->content && call->number == SYS_sendmmsg)
        result = accepted(call->socket) - call->before;
    if (call->content && (size_t)result <= call->content_length) {
        call->record.length = result;
        put((struct iovec[]){{&call->record, sizeof call->record}, {call->content, result}}, 2);
        return;
    }
    switch (call->number) {
    case SYS_recvfrom:
        if (call->args[3] & MSG_PEEK)
            break;
        /* fall through */
    case SYS_sendto:
    case SYS_read:
    case SYS_write:
        write_record(call, &(struct iovec){(void *)call->args[1], call->args[2]}, 1, result);
        break;
    case SYS_readv:
    case SYS_writev:
        from_iovecs(call, call->args[1], call->args[2], result);
        break;
    case SYS_recvmsg:
        if (call->args[2] & MSG_PEEK)
            break;
        /* fall through */
    case SYS_sendmsg:
        from_message(call, call->args[1], result);
        break;
    case SYS_recvmmsg:
    case SYS_sendmmsg:
        from_messages(call, result);
        break;
    default: /* sendfile, splice */
        call->record.kind = 'F';
        call->record.length = result;
        put(&(struct iovec){&call->record, sizeof call->record}, 1);
        break;
    }
}

/* The call is over, or will never be. */
static void forget(struct call *call) {
    if (call->socket >= 0)
        close(call->socket);
    free(call->content);
    *call = calls[--call_count];
}

/* The process was killed inside the call. */
static void died(struct call *call) {
    if (call->socket >= 0) {
        uint64_t more = accepted(call->socket) - call->before;
        int is_file = call->number == SYS_sendfile || call->number == SYS_splice;
        call->record.kind = is_file ? 'F' : 'S';
        call->record.length = more;
        if (more > 0 && !is_file && more > call->content_length) {
            errno = EPROTO;
            die("a socket accepted more than the call had");
        }
        if (more > 0)
            put((struct iovec[]){{&call->record, sizeof call->record}, {call->content, is_file ? 0 : more}}, 2);
    }
    forget(call);
}

static struct call *find(pid_t thread) {
    for (int i = 0; i < call_count; i++)
        if (calls[i].thread == thread)
            return &calls[i];
    return NULL;
}

/* A thread is about to make a call of the filter. True: stop it again when the call is done. */
static int entered(pid_t thread) {
    struct __ptrace_syscall_info info;
    if (ptrace(PTRACE_GET_SYSCALL_INFO, thread, sizeof info, &info) < 0)
        return 0;
    struct call call = {.thread = thread, .number = info.seccomp.nr, .socket = -1};
    int received = 0;
    for (size_t i = 0; i < sizeof receives / sizeof *receives; i++)
        received |= call.number == (uint64_t)receives[i];
    memcpy(call.args, info.seccomp.args, sizeof call.args);
    if (call.number == SYS_io_uring_setup) {
        call.record.kind = 'U';
        put(&(struct iovec){&call.record, sizeof call.record}, 1);
        return 0;
    }
    if (!identify(thread, call.number == SYS_splice ? call.args[2] : call.args[0], &call.record,
                  with_kills && !received ? &call.socket : NULL))
        return 0;
    if (call.socket >= 0) {
        read_ahead(&call);
        call.before = accepted(call.socket);
    }
    if (call_count == MAX_THREADS)
        die("too many threads");
    calls[call_count++] = call;
    return 1;
}

/* What to do next with a thread that stopped; the signal to give it in `*signal`. */
static int stopped(pid_t thread, int status, int *signal) {
    int stop = WSTOPSIG(status), event = status >> 16;
    *signal = 0;
    if (event == PTRACE_EVENT_SECCOMP)
        return entered(thread) ? PTRACE_SYSCALL : PTRACE_CONT;
    if (event == PTRACE_EVENT_STOP)
        return stop == SIGSTOP || stop == SIGTSTP || stop == SIGTTIN || stop == SIGTTOU ? PTRACE_LISTEN : PTRACE_CONT;
    if (event != 0)
        return PTRACE_CONT;
    if (stop != (SIGTRAP | 0x80)) {
        *signal = stop;
        return PTRACE_CONT;
    }
    struct call *call = find(thread);
    struct __ptrace_syscall_info info;
    if (!call || ptrace(PTRACE_GET_SYSCALL_INFO, thread, sizeof info, &info) < 0)
        return PTRACE_CONT;
    if (info.op != PTRACE_SYSCALL_INFO_EXIT)
        return PTRACE_SYSCALL;
    if (!info.exit.is_error && info.exit.rval > 0)
        finished(call, info.exit.rval);
    forget(call);
    return PTRACE_CONT;
}

static void run(char **command, int with_receives, int ready) {
    struct sock_filter filter[32];
    unsigned short length = 0, count = sizeof sends / sizeof *sends;
    int numbers[16];
    memcpy(numbers, sends, sizeof sends);
    if (with_receives) {
        memcpy(numbers + count, receives, sizeof receives);
        count += sizeof receives / sizeof *receives;
    }
    filter[length++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
    for (unsigned short i = 0; i < count; i++)
        filter[length++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, numbers[i], count - i, 0);
    filter[length++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    filter[length++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRACE);
    char byte;
    if (read(ready, &byte, 1) != 1)
        _exit(125);
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
        prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &(struct sock_fprog){length, filter}))
        die("seccomp");
    execvp(command[0], command);
    die(command[0]);
}

static void forward(int signal) { kill(child, signal); }

int main(int argc, char **argv) {
    int with_receives = argc > 2 && strcmp(argv[2], "-r") == 0;
    with_kills = argc > 2 + with_receives && strcmp(argv[2 + with_receives], "-k") == 0;
    int options_count = with_receives + with_kills;
    if (argc < 4 + options_count || strcmp(argv[2 + options_count], "--") != 0) {
        fprintf(stderr, "usage: socket_trace OUT_FD [-r] [-k] -- COMMAND...\n");
        return 2;
    }
    output = atoi(argv[1]);
    if (fcntl(output, F_SETFD, FD_CLOEXEC) < 0)
        die("OUT_FD");
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    int ready[2];
    if (pipe2(ready, O_CLOEXEC) < 0 || (child = fork()) < 0)
        die("fork");
    if (child == 0)
        run(argv + 3 + options_count, with_receives, ready[0]);
    long options = PTRACE_O_EXITKILL | PTRACE_O_TRACESECCOMP | PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACECLONE |
                   PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACEEXEC;
    if (ptrace(PTRACE_SEIZE, child, 0, options) < 0)
        die("ptrace");
    if ((process = syscall(SYS_pidfd_open, child, 0)) < 0)
        die("pidfd_open");
    signal(SIGTERM, forward);
    signal(SIGINT, forward);
    if (write(ready[1], "", 1) != 1)
        die("pipe");

    int exit_status = 125, status;
    for (;;) {
        pid_t thread = waitpid(-1, &status, __WALL);
        if (thread < 0 && errno == EINTR)
            continue;
        if (thread < 0)
            return exit_status;
        if (WIFSTOPPED(status)) {
            int signal, request = stopped(thread, status, &signal);
            ptrace(request, thread, 0, signal); /* fails only where the thread has been killed meanwhile */
            continue;
        }
        struct call *call = find(thread);
        if (call)
            died(call);
        if (thread == child)
            exit_status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    }
}
