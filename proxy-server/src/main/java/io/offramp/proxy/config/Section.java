package io.offramp.proxy.config;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A mapping whose keys are known.
 *
 * @param value the mapping itself, for problems that are about all of it
 * @param entries what is there, by key
 */
record Section(Value value, Map<String, Value> entries) {
    /** What is there under this key, or null. */
    @Nullable
    Value get(String key) {
        return entries.get(key);
    }

    /** The scalar under this key; the fallback where there is none or a wrong one. */
    <T> T get(String key, Scalar<T> kind, T fallback) {
        Value found = entries.get(key);
        T read = found == null ? null : found.as(kind);
        return read == null ? fallback : read;
    }

    /** What is there under this key, or null after a problem that says what it is for. */
    @Nullable
    Value require(String key, String purpose) {
        Value found = entries.get(key);
        if (found == null) {
            value.error("missing \"" + key + "\": " + purpose);
        }
        return found;
    }
}
