package io.offramp.proxy.access;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * When a file gets the name {@code FILE.1}, and a new one begins.
 *
 * @param bytes before the file would become larger; 0 for any size
 * @param every at these times of the clock, counted from midnight; null for never
 * @param keep older files; {@code FILE.1} is the newest of them
 */
public record Rotation(long bytes, @Nullable Duration every, int keep) {
    /** The default number of older files. */
    public static final int KEEP = 7;
}
