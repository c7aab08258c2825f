#include "tool/sandbox.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* ---- places ---- */

/* Rights that newer kernels have and older headers lack; numbers of the kernel's interface. */
enum { REFER = 1 << 13, TRUNCATE = 1 << 14, IOCTL_DEV = 1 << 15 };
enum { TCP_BIND = 1 << 0, TCP_CONNECT = 1 << 1 };

struct ruleset { /* landlock_ruleset_attr, as far as ABI 4 */
    uint64_t files, net;
};

enum {
    WRITE = LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_MAKE_REG |
            LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE |
            LANDLOCK_ACCESS_FS_REMOVE_DIR,
    ALL = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR | WRITE |
          LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_SOCK |
          LANDLOCK_ACCESS_FS_MAKE_FIFO | LANDLOCK_ACCESS_FS_MAKE_BLOCK |
          LANDLOCK_ACCESS_FS_MAKE_SYM,
    OF_A_FILE = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE | TRUNCATE,
};

static bool allow(int ruleset, const struct rk_sandbox_place *place, uint64_t handled)
{
    struct stat info;
    int fd = place->path ? open(place->path, O_PATH | O_CLOEXEC) : -1;
    if (fd < 0)
        return true;
    uint64_t rights = (place->rights & RK_MAY_READ ? (uint64_t)LANDLOCK_ACCESS_FS_READ_FILE : 0) |
                      (place->rights & RK_MAY_LIST ? (uint64_t)LANDLOCK_ACCESS_FS_READ_DIR : 0) |
                      (place->rights & RK_MAY_WRITE ? (uint64_t)WRITE | REFER | TRUNCATE : 0);
    bool done = !fstat(fd, &info);
    if (done && !S_ISDIR(info.st_mode))
        rights &= OF_A_FILE;
    struct landlock_path_beneath_attr rule = {.allowed_access = rights & handled, .parent_fd = fd};
    /* a pipe that is named, as by <(…) of a shell, is of no file system, and not fenced off */
    done =
        done && (!syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) ||
                 errno == EBADFD);
    close(fd);
    return done;
}

bool rk_sandbox_places(const struct rk_sandbox_place *places, size_t count)
{
#ifdef __SANITIZE_ADDRESS__
    return false; /* its search for leaks at the end reads what would be fenced off */
#endif
    long version = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    if (version <
        2) /* the first version forbids renames from folder to folder, which outputs need */
        return false;
    struct ruleset attributes = {.files = (uint64_t)ALL | REFER};
    if (version >= 3)
        attributes.files |= TRUNCATE;
    if (version >= 5)
        attributes.files |= IOCTL_DEV;
    if (version >= 4)
        attributes.net = TCP_BIND | TCP_CONNECT;
    size_t size = version >= 4 ? sizeof attributes : sizeof attributes.files;
    int ruleset = (int)syscall(SYS_landlock_create_ruleset, &attributes, size, 0);
    if (ruleset < 0)
        return false;
    bool good = true;
    for (size_t i = 0; i < count && good; i++)
        good = allow(ruleset, &places[i], attributes.files);
    good = good && !prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) &&
           !syscall(SYS_landlock_restrict_self, ruleset, 0);
    close(ruleset);
    return good;
}

/* ---- calls ---- */

#if defined __x86_64__ && defined __LP64__
#define MACHINE AUDIT_ARCH_X86_64
#elif defined __aarch64__ && !defined __AARCH64EB__
#define MACHINE AUDIT_ARCH_AARCH64
#endif

#ifdef MACHINE

/* What is refused whole, by what it would be good for. Not here: what Landlock and the rights of
 * the user judge (open, rename, unlink …), and what only concerns the process itself. */
static const uint16_t refused[] = {
    /* another program; code that was not there */
    SYS_execve, SYS_execveat, SYS_memfd_create, SYS_memfd_secret, SYS_pkey_mprotect,
    SYS_personality, SYS_userfaultfd, SYS_remap_file_pages,
    /* connections: with the network, with other programs, through shared memory and queues */
    SYS_socket, SYS_socketpair, SYS_connect, SYS_bind, SYS_listen, SYS_accept, SYS_accept4,
    SYS_shmget, SYS_shmat, SYS_shmctl, SYS_msgget, SYS_msgsnd, SYS_msgrcv, SYS_semget, SYS_semop,
    SYS_mq_open,
    /* other processes */
    SYS_ptrace, SYS_process_vm_readv, SYS_process_vm_writev, SYS_process_madvise, SYS_kcmp,
    SYS_kill, SYS_tkill, SYS_rt_sigqueueinfo, SYS_rt_tgsigqueueinfo, SYS_pidfd_open,
    SYS_pidfd_getfd, SYS_pidfd_send_signal, SYS_move_pages, SYS_migrate_pages,
    /* calls that go past a filter, and files that are found without their names */
    SYS_io_uring_setup, SYS_io_uring_enter, SYS_io_uring_register, SYS_io_setup, SYS_io_submit,
    SYS_open_by_handle_at, SYS_name_to_handle_at,
    /* modes, owners, times and attributes by name, which Landlock lets through */
    SYS_fchmodat, SYS_fchownat, SYS_utimensat, SYS_setxattr, SYS_lsetxattr, SYS_removexattr,
    SYS_lremovexattr, SYS_symlinkat, SYS_mknodat,
#ifdef SYS_chmod /* the same by their old numbers */
    SYS_chmod, SYS_chown, SYS_lchown, SYS_utime, SYS_utimes, SYS_futimesat, SYS_symlink, SYS_mknod,
    SYS_uselib, SYS_ustat, SYS_sysfs, SYS_iopl, SYS_ioperm, SYS_modify_ldt, SYS_create_module,
    SYS_inotify_init,
#endif
    /* another user, another view of the machine */
    SYS_setuid, SYS_setgid, SYS_setreuid, SYS_setregid, SYS_setresuid, SYS_setresgid, SYS_setfsuid,
    SYS_setfsgid, SYS_setgroups, SYS_capset, SYS_unshare, SYS_setns, SYS_chroot, SYS_pivot_root,
    SYS_mount, SYS_umount2, SYS_move_mount, SYS_open_tree, SYS_fsopen, SYS_fsconfig, SYS_fsmount,
    SYS_fspick, SYS_mount_setattr, SYS_fanotify_init, SYS_fanotify_mark, SYS_inotify_init1,
    /* the kernel and its machine */
    SYS_bpf, SYS_perf_event_open, SYS_seccomp, SYS_init_module, SYS_finit_module, SYS_delete_module,
    SYS_kexec_load, SYS_kexec_file_load, SYS_reboot, SYS_swapon, SYS_swapoff, SYS_acct,
    SYS_quotactl, SYS_quotactl_fd, SYS_syslog, SYS_add_key, SYS_request_key, SYS_keyctl,
    SYS_settimeofday, SYS_clock_settime, SYS_clock_adjtime, SYS_adjtimex, SYS_sethostname,
    SYS_setdomainname, SYS_vhangup, SYS_lookup_dcookie, SYS_nfsservctl};

/* A call of a later number was made after this list. */
enum { NEWEST = SYS_process_mrelease };

/* The answers that need no look at the arguments have a line each, in this order, behind the
 * search. */
enum answer { ALLOWED, REFUSED, UNKNOWN, LOOKED_INTO };

/* Calls of numbers from `first` to that of the next stretch are answered alike. */
struct stretch {
    uint32_t first;
    enum answer answer;
};

enum { STRETCHES = 2 * sizeof refused / sizeof *refused + 16, MOST = STRETCHES + 48 };

struct program {
    struct sock_filter lines[MOST];
    unsigned short count, answers; /* where those begin */
};

static void add(struct program *p, uint16_t code, uint32_t k, uint8_t then, uint8_t otherwise)
{
    p->lines[p->count++] = (struct sock_filter){code, then, otherwise, k};
}

static void load(struct program *p, size_t offset)
{
    add(p, BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset, 0, 0);
}

static void answer(struct program *p, uint32_t with) { add(p, BPF_RET | BPF_K, with, 0, 0); }

/* The lower half of an argument: in both machines it comes first. */
static size_t argument(size_t index)
{
    return offsetof(struct seccomp_data, args) + index * sizeof(uint64_t);
}

/* `call` is refused where the comparison of its argument with `k` comes out as `holds` says; the
 * number of the call is loaded before and after. */
static void refuse_where(struct program *p, uint32_t call, size_t index, uint16_t comparison,
                         uint32_t k, bool holds)
{
    add(p, BPF_JMP | BPF_JEQ | BPF_K, call, 0, 4);
    load(p, argument(index));
    add(p, BPF_JMP | comparison | BPF_K, k, holds ? 0 : 1, holds ? 1 : 0);
    answer(p, SECCOMP_RET_ERRNO | EPERM);
    load(p, offsetof(struct seccomp_data, nr));
}

/* The stretches, in order; gives their count. */
static size_t find_stretches(struct stretch *stretches)
{
    static const uint16_t looked_into[] = {SYS_mmap, SYS_mprotect, SYS_clone, SYS_tgkill,
                                           SYS_ioctl};
    /* the arguments of clone3 are out of a filter's sight; the C library goes on with clone */
    uint8_t answers[NEWEST + 2] = {[SYS_clone3] = UNKNOWN, [NEWEST + 1] = UNKNOWN};
    size_t count = 0;
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        assert(refused[i] <= NEWEST);
        answers[refused[i]] = REFUSED;
    }
    for (size_t i = 0; i < sizeof looked_into / sizeof *looked_into; i++)
        answers[looked_into[i]] = LOOKED_INTO;
    for (uint32_t call = 0; call < sizeof answers; call++)
        if (!call || answers[call] != answers[call - 1])
            stretches[count++] = (struct stretch){call, answers[call]};
    return count;
}

/* Adds the search by halves for the stretch that a call is in: a line where two halves meet, since
 * the kernel tries every call there is when the filter is set. Gives the line where it begins. */
static unsigned short search(struct program *p, const struct stretch *stretches, size_t count)
{
    if (count == 1)
        return (unsigned short)(p->answers + stretches->answer);
    const unsigned short from = p->count;
    add(p, BPF_JMP | BPF_JGE | BPF_K, stretches[count / 2].first, 0, 0);
    int below = search(p, stretches, count / 2) - from - 1;
    int above = search(p, stretches + count / 2, count - count / 2) - from - 1;
    assert(below <= UINT8_MAX && above <= UINT8_MAX);
    p->lines[from].jf = (uint8_t)below;
    p->lines[from].jt = (uint8_t)above;
    return from;
}

static void write_program(struct program *p)
{
    struct stretch stretches[STRETCHES];
    const size_t count = find_stretches(stretches);
    load(p, offsetof(struct seccomp_data, arch));
    add(p, BPF_JMP | BPF_JEQ | BPF_K, MACHINE, 1, 0);
    answer(p, SECCOMP_RET_KILL_PROCESS);
    load(p, offsetof(struct seccomp_data, nr));
    p->answers = (unsigned short)(p->count + count - 1);
    search(p, stretches, count);
    assert(p->count == p->answers);
    answer(p, SECCOMP_RET_ALLOW);
    answer(p, SECCOMP_RET_ERRNO | EPERM);
    answer(p, SECCOMP_RET_ERRNO | ENOSYS);
    refuse_where(p, SYS_mmap, 2, BPF_JSET, PROT_EXEC, true);
    refuse_where(p, SYS_mprotect, 2, BPF_JSET, PROT_EXEC, true);
    refuse_where(p, SYS_clone, 0, BPF_JSET,
                 CLONE_NEWNS | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC |
                     CLONE_NEWUTS | CLONE_NEWCGROUP | CLONE_PTRACE,
                 true);
    refuse_where(p, SYS_tgkill, 0, BPF_JEQ, (uint32_t)getpid(), false);
    refuse_where(p, SYS_ioctl, 1, BPF_JEQ, TIOCSTI, true); /* words as though typed by the user */
    refuse_where(p, SYS_ioctl, 1, BPF_JEQ, TIOCLINUX, true);
    answer(p, SECCOMP_RET_ALLOW);
}

bool rk_sandbox_calls(void)
{
#ifdef __SANITIZE_ADDRESS__
    return false; /* it looks for leaks from a process of its own, by ptrace */
#endif
    struct program p;
    p.count = 0;
    write_program(&p);
    struct sock_fprog program = {.len = p.count, .filter = p.lines};
    /* old kernels slow a filtered process down, for the sake of those that run others' code */
    return !prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) &&
           !syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_SPEC_ALLOW, &program);
}

#else

bool rk_sandbox_calls(void) { return false; }

#endif
