package io.offramp.proxy.sandbox;

import org.jspecify.annotations.Nullable;

/** Machines whose numbers of system calls are known. */
enum Architecture {
    X86_64("amd64", 0xC000003E, 317, 157, 56),
    AARCH64("aarch64", 0xC00000B7, 277, 167, 220);

    private final String jvm;
    /** AUDIT_ARCH_… (include/uapi/linux/audit.h). */
    final int audit;
    /** Number of seccomp(2). */
    final int seccomp;
    /** Number of prctl(2). */
    final int prctl;
    /** Number of clone(2). */
    final int clone;
    /** Number of clone3(2): one for all, as for each call since Linux 5.1. */
    static final int CLONE3 = 435;

    Architecture(String jvm, int audit, int seccomp, int prctl, int clone) {
        this.jvm = jvm;
        this.audit = audit;
        this.seccomp = seccomp;
        this.prctl = prctl;
        this.clone = clone;
    }

    /** Of this JVM; null for one that is not known. */
    static @Nullable Architecture current() {
        String name = System.getProperty("os.arch");
        for (Architecture each : values()) {
            if (each.jvm.equals(name) && System.getProperty("os.name").equals("Linux")) {
                return each;
            }
        }
        return null;
    }
}
