package io.offramp.proxy.config;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A mapping with known keys.
 *
 * @param value the mapping itself, for problems of the whole mapping
 * @param entries values by key
 */
record Section(Value value, Map<String, Value> entries) {
    /** The value of this key, or null. */
    @Nullable
    Value get(String key) {
        return entries.get(key);
    }

    /** The scalar of this key; the fallback if there is none, or after a problem. */
    <T> T get(String key, Scalar<T> kind, T fallback) {
        Value found = entries.get(key);
        T read = found == null ? null : found.as(kind);
        return read == null ? fallback : read;
    }

    /** The value of this key, or null after a problem that says what the key is for. */
    @Nullable
    Value require(String key, String purpose) {
        Value found = entries.get(key);
        if (found == null) {
            value.error("missing \"" + key + "\": " + purpose);
        }
        return found;
    }
}
