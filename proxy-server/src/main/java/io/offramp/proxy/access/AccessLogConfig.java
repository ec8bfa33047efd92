package io.offramp.proxy.access;

import java.nio.file.Path;
import java.util.Set;

/**
 * The access log.
 *
 * @param target where lines go
 * @param format of lines
 * @param filter which exchanges get one
 * @param buffer bounds of lines that wait
 */
public record AccessLogConfig(LogTarget target, LineFormat format, LineFilter filter, LogBuffer buffer) {
    /** All exchanges, as text, to standard output. */
    public static final AccessLogConfig DEFAULTS = to(new LogTarget.Stdout());

    /** None. */
    public static final AccessLogConfig OFF = to(new LogTarget.Off());

    /** All exchanges, as text. */
    public static AccessLogConfig to(LogTarget target) {
        return new AccessLogConfig(target, LineFormat.TEXT, LineFilter.ALL, LogBuffer.DEFAULTS);
    }

    /** The same work for lines that nobody sees. */
    public AccessLogConfig discarded() {
        LogTarget nowhere = new LogTarget.File(Path.of("/dev/null"), Set.of(), null);
        return isOff() ? this : new AccessLogConfig(nowhere, format, filter, buffer);
    }

    /** Whether no line is written at all. */
    public boolean isOff() {
        return target instanceof LogTarget.Off;
    }
}
