package io.offramp.proxy.config;

import io.offramp.proxy.access.AccessLogConfig;
import io.offramp.proxy.access.Facility;
import io.offramp.proxy.access.LineFilter;
import io.offramp.proxy.access.LineFormat;
import io.offramp.proxy.access.LogBuffer;
import io.offramp.proxy.access.LogTarget;
import io.offramp.proxy.access.Rotation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads {@code logging.access}: a mapping, or true or false for its defaults and for none. */
final class AccessLogReader {
    private static final Scalar<LineFormat> FORMAT = new Scalar<>(LineFormat.EXPECTED, LineFormat::parse);
    private static final Pattern MODE = Pattern.compile("0?[0-7]{3}");
    private static final Scalar<Set<PosixFilePermission>> PERMISSIONS =
            new Scalar<>("a file mode such as \"0640\"", AccessLogReader::permissions);
    private static final Scalar<Double> SHARE = new Scalar<>("a share such as 0.01", AccessLogReader::share);
    private static final Pattern DECIMAL = Pattern.compile("[01](\\.\\d{1,9})?");
    private static final Set<PosixFilePermission> MODE_0640 = PosixFilePermissions.fromString("rw-r-----");

    private static final long LEAST_ROTATED_BYTES = 64 << 10;
    private static final int MOST_KEPT = 1000;
    private static final long LEAST_BLOCK_BYTES = 8 << 10;
    private static final long MOST_BLOCK_BYTES = 1 << 20;
    private static final long MOST_BUFFER_BYTES = 1 << 30;

    private final Surroundings surroundings;

    AccessLogReader(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    AccessLogConfig read(Value value) {
        AccessLogConfig defaults = AccessLogConfig.DEFAULTS;
        if (value.isScalar()) {
            Boolean on =
                    value.as(new Scalar<>("true, false or a mapping with to, format and others", text -> switch (text) {
                        case "true" -> true;
                        case "false" -> false;
                        default -> null;
                    }));
            return on == null || on ? defaults : AccessLogConfig.OFF;
        }
        Section section = value.section("to", "format", "only", "mode", "rotate", "facility", "buffer");
        if (section == null) {
            return defaults;
        }
        return new AccessLogConfig(
                target(section),
                section.get("format", FORMAT, defaults.format()),
                filter(section.get("only")),
                buffer(section.get("buffer")));
    }

    private LogTarget target(Section section) {
        Set<PosixFilePermission> mode = section.get("mode", PERMISSIONS, MODE_0640);
        Rotation rotation = rotation(section.get("rotate"));
        Facility facility = section.get("facility", Scalar.choice(Facility.class), Facility.LOCAL7);
        Value to = section.get("to");
        LogTarget target = section.get(
                "to",
                new Scalar<>(
                        LogTarget.EXPECTED,
                        text -> LogTargets.parse(text, surroundings::resolve, mode, rotation, facility)),
                AccessLogConfig.DEFAULTS.target());
        if (target instanceof LogTarget.File file && to != null) {
            if (!hasDirectory(file.path())) {
                to.error("there is no directory " + file.path().getParent());
            } else if (!file.canOpen()) {
                to.error(file + " " + LogTarget.File.NO_FILE);
            } else if (file.rotation() != null && !file.canRotate()) {
                to.error(file + " " + LogTarget.File.NO_REGULAR_FILE);
            }
        }
        refuseUnless(target instanceof LogTarget.File, section, "mode", "a file");
        refuseUnless(target instanceof LogTarget.File, section, "rotate", "a file");
        refuseUnless(
                target instanceof LogTarget.Syslog || target instanceof LogTarget.LocalSyslog,
                section,
                "facility",
                "syslog");
        return target;
    }

    private static boolean hasDirectory(Path file) {
        Path directory = file.getParent();
        return directory != null && Files.isDirectory(directory);
    }

    private static void refuseUnless(boolean fits, Section section, String key, String kind) {
        Value value = section.get(key);
        if (!fits && value != null) {
            value.error("is for " + kind + " only; see \"to\"");
        }
    }

    private static @Nullable Rotation rotation(@Nullable Value value) {
        Section section = value == null ? null : value.section("size", "every", "keep");
        if (value == null || section == null) {
            return null;
        }
        Value every = section.get("every");
        long bytes = section.get("size", Scalar.size(LEAST_ROTATED_BYTES, Long.MAX_VALUE >> 1), 0L);
        if (section.get("size") == null && every == null) {
            value.error("needs size, every or both");
        }
        return new Rotation(
                bytes,
                every == null ? null : every.as(Scalar.duration(Duration.ofMinutes(1))),
                section.get("keep", Scalar.number(1, MOST_KEPT), Rotation.KEEP));
    }

    private static LineFilter filter(@Nullable Value value) {
        Section section = value == null ? null : value.section("errors", "slower-than", "share");
        if (value == null || section == null) {
            return LineFilter.ALL;
        }
        if (section.entries().isEmpty()) {
            value.error("needs errors, slower-than, share or several of them");
        }
        Duration slow = section.get("slower-than", Scalar.duration(Duration.ZERO), Duration.ofNanos(Long.MAX_VALUE));
        return new LineFilter(
                section.get("errors", Scalar.BOOL, false), slow.toNanos(), section.get("share", SHARE, 0.0));
    }

    private static LogBuffer buffer(@Nullable Value value) {
        LogBuffer defaults = LogBuffer.DEFAULTS;
        Section section = value == null ? null : value.section("block", "total", "delay");
        if (value == null || section == null) {
            return defaults;
        }
        long block =
                section.get("block", Scalar.size(LEAST_BLOCK_BYTES, MOST_BLOCK_BYTES), (long) defaults.blockBytes());
        long total = section.get(
                "total", Scalar.size(LEAST_BLOCK_BYTES, MOST_BUFFER_BYTES), Math.max(block, defaults.totalBytes()));
        if (total < block) {
            value.error("total is less than a block");
        }
        return new LogBuffer(
                (int) block, total, section.get("delay", Scalar.duration(LogBuffer.LEAST_DELAY), defaults.delay()));
    }

    private static @Nullable Set<PosixFilePermission> permissions(String text) {
        if (!MODE.matcher(text).matches()) {
            return null;
        }
        int bits = Integer.parseInt(text, 8);
        StringBuilder mode = new StringBuilder();
        for (int i = 8; i >= 0; i--) {
            mode.append((bits >> i & 1) == 0 ? '-' : "xwr".charAt(i % 3));
        }
        return PosixFilePermissions.fromString(mode.toString());
    }

    private static @Nullable Double share(String text) {
        if (!DECIMAL.matcher(text).matches()) {
            return null;
        }
        double share = Double.parseDouble(text);
        if (share > 1) {
            throw new IllegalArgumentException("must be 0 to 1, is " + text);
        }
        return share;
    }
}
