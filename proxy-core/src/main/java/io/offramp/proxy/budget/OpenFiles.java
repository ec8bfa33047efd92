package io.offramp.proxy.budget;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Files and sockets that this process may have open at once, RLIMIT_NOFILE, and those that it has in any case. */
public final class OpenFiles {
    private static final Pattern LIMIT = Pattern.compile("^Max open files +(\\d+)", Pattern.MULTILINE);

    /** Jars, logs, listeners, admin: 62 were counted. */
    private static final int OWN = 64;

    /** Of an event loop with epoll. */
    private static final int OF_LOOP = 3;

    private OpenFiles() {}

    /** The soft limit, which the JVM has raised as far as it may; {@link Long#MAX_VALUE} for none. Reads a file. */
    public static long limit() {
        try {
            Matcher found = LIMIT.matcher(Files.readString(Path.of("/proc/self/limits")));
            return found.find() ? Long.parseLong(found.group(1)) : Long.MAX_VALUE; // "unlimited"
        } catch (IOException e) {
            return Long.MAX_VALUE;
        }
    }

    /** Those that a proxy on this machine has open without any client. */
    public static int own() {
        return OWN + OF_LOOP * Runtime.getRuntime().availableProcessors();
    }
}
