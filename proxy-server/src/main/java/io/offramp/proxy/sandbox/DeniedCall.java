package io.offramp.proxy.sandbox;

/**
 * System calls that neither the JVM nor this proxy makes, and that somebody who had taken over the process would want:
 * to look into other processes, to load code into the kernel, to change mounts, namespaces, keys, swap, quotas or the
 * clock, to read the kernel's log. Those of one purpose stand together; where a newer call does the same as an older
 * one, both are here.
 */
enum DeniedCall {
    PTRACE(101, 117),
    PROCESS_VM_READV(310, 270),
    PROCESS_VM_WRITEV(311, 271),
    PROCESS_MADVISE(440, 440),
    KCMP(312, 272),
    PIDFD_GETFD(438, 438),
    PERF_EVENT_OPEN(298, 241),
    USERFAULTFD(323, 282),
    BPF(321, 280),
    INIT_MODULE(175, 105),
    FINIT_MODULE(313, 273),
    DELETE_MODULE(176, 106),
    KEXEC_LOAD(246, 104),
    KEXEC_FILE_LOAD(320, 294),
    REBOOT(169, 142),
    MOUNT(165, 40),
    UMOUNT2(166, 39),
    PIVOT_ROOT(155, 41),
    OPEN_TREE(428, 428),
    MOVE_MOUNT(429, 429),
    FSOPEN(430, 430),
    FSCONFIG(431, 431),
    FSMOUNT(432, 432),
    FSPICK(433, 433),
    MOUNT_SETATTR(442, 442),
    OPEN_TREE_ATTR(467, 467),
    CHROOT(161, 51),
    OPEN_BY_HANDLE_AT(304, 265),
    SETNS(308, 268),
    UNSHARE(272, 97),
    ADD_KEY(248, 217),
    REQUEST_KEY(249, 218),
    KEYCTL(250, 219),
    SWAPON(167, 224),
    SWAPOFF(168, 225),
    QUOTACTL(179, 60),
    QUOTACTL_FD(443, 443),
    ACCT(163, 89),
    SYSLOG(103, 116),
    SETTIMEOFDAY(164, 170),
    CLOCK_SETTIME(227, 112),
    ADJTIMEX(159, 171),
    CLOCK_ADJTIME(305, 266);

    private final int x86;
    private final int arm;

    /**
     * @param x86 number on x86-64 (arch/x86/entry/syscalls/syscall_64.tbl)
     * @param arm number on AArch64 (include/uapi/asm-generic/unistd.h)
     */
    DeniedCall(int x86, int arm) {
        this.x86 = x86;
        this.arm = arm;
    }

    int number(Architecture architecture) {
        return switch (architecture) {
            case X86_64 -> x86;
            case AARCH64 -> arm;
        };
    }
}
