package io.offramp.proxy.sandbox;

import org.jspecify.annotations.Nullable;

/** Machines whose numbers of system calls are known. */
enum Architecture {
    X86_64("amd64", 0xC000003E, 317, 157),
    AARCH64("aarch64", 0xC00000B7, 277, 167);

    private final String jvm;
    /** AUDIT_ARCH_… (include/uapi/linux/audit.h). */
    final int audit;
    /** Number of seccomp(2). */
    final int seccomp;
    /** Number of prctl(2). */
    final int prctl;

    Architecture(String jvm, int audit, int seccomp, int prctl) {
        this.jvm = jvm;
        this.audit = audit;
        this.seccomp = seccomp;
        this.prctl = prctl;
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
