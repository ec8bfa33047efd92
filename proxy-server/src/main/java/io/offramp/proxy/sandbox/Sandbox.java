package io.offramp.proxy.sandbox;

import io.offramp.proxy.sandbox.ffi.SystemCalls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Takes system calls away from the process, all of its threads and all processes that it starts, for as long as they
 * live (seccomp(2), SECCOMP_SET_MODE_FILTER). It is a list of what is denied: a service's unit can do more, with a list
 * of what is allowed.
 */
public final class Sandbox {
    /** In the environment of a process that is started with the filter: whose filter it is. */
    public static final String VARIABLE = "OFFRAMP_SANDBOX";

    /** Of the list: a process with another one adds its own. */
    private static final String VERSION = "2";

    private static final Path STATUS = Path.of("/proc/thread-self/status");
    private static final int PR_SET_NO_NEW_PRIVS = 38;
    private static final int SECCOMP_SET_MODE_FILTER = 1;
    private static final int SECCOMP_GET_ACTION_AVAIL = 2;
    private static final int SECCOMP_FILTER_FLAG_TSYNC = 1;
    /** Since Linux 4.17. */
    private static final int SECCOMP_FILTER_FLAG_SPEC_ALLOW = 1 << 2;

    private static final int EINVAL = 22;
    private static final int SECCOMP_RET_ERRNO = 0x00050000;

    private static volatile boolean entered;

    private Sandbox() {}

    /**
     * Enters it, once. A process that has the same filter already, from the one that has started it, adds none.
     *
     * @param before {@link #VARIABLE} from the process whose place this one takes; null if there is none, since then
     *     somebody else has set it
     * @return in words, for the log
     * @throws IOException with the reason if the kernel refuses: then nothing is denied
     */
    public static String enter(@Nullable String before) throws IOException {
        String denied = describe();
        if (VERSION.equals(before) && isFiltered()) {
            entered = true;
            return denied + ", since the process before";
        }
        Architecture machine = known();
        require(call(() -> SystemCalls.call(machine.prctl, PR_SET_NO_NEW_PRIVS, 1)), "refuses no_new_privs");
        long thread = call(() -> set(machine, FilterProgram.deny(DeniedCall.values(), machine)));
        require(thread, "refuses the filter");
        if (thread > 0) {
            throw new IOException("thread " + thread + " has another filter");
        }
        entered = true;
        return denied;
    }

    /**
     * Up to Linux 5.15 the first filter of a process would turn its speculation off for good, which costs time in each
     * system call. This process runs no foreign code, so it needs no such defence.
     */
    private static long set(Architecture machine, byte[] program) {
        long thread = SystemCalls.callWithProgram(
                machine.seccomp,
                SECCOMP_SET_MODE_FILTER,
                SECCOMP_FILTER_FLAG_TSYNC | SECCOMP_FILTER_FLAG_SPEC_ALLOW,
                program);
        return thread == -EINVAL
                ? SystemCalls.callWithProgram(
                        machine.seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, program)
                : thread;
    }

    /** For the environment of a process that this one starts. */
    public static void tell(Map<String, String> environment) {
        if (entered) {
            environment.put(VARIABLE, VERSION);
        } else {
            environment.remove(VARIABLE);
        }
    }

    /** What it does. */
    public static String describe() {
        return DeniedCall.values().length + " system calls are denied (seccomp)";
    }

    /** Why a process on this machine cannot enter it; null if it can. */
    public static @Nullable String unavailable() {
        try {
            Architecture machine = known();
            long available = call(
                    () -> SystemCalls.callWithMemory(machine.seccomp, SECCOMP_GET_ACTION_AVAIL, 0, SECCOMP_RET_ERRNO));
            require(available, "has no seccomp");
            return null;
        } catch (IOException e) {
            return e.getMessage();
        }
    }

    private static Architecture known() throws IOException {
        Architecture machine = Architecture.current();
        if (machine == null) {
            throw new IOException("there is no list of calls for " + System.getProperty("os.name") + " on "
                    + System.getProperty("os.arch"));
        }
        return machine;
    }

    /** A JVM without a linker, or without leave to use it, is one more reason for no sandbox, and none to end. */
    private static long call(LongSupplier calls) throws IOException {
        try {
            return calls.getAsLong();
        } catch (RuntimeException | LinkageError e) {
            throw new IOException("this JVM makes no system calls: " + e, e);
        }
    }

    private static void require(long result, String otherwise) throws IOException {
        if (result < 0) {
            throw new IOException("the kernel " + otherwise + ": errno " + -result);
        }
    }

    private static boolean isFiltered() throws IOException {
        return Files.readString(STATUS).contains("\nSeccomp:\t2\n");
    }
}
