package io.offramp.proxy.config;

import io.offramp.proxy.reload.InputFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.regex.Pattern;

/** A bearer token (RFC 6750 §2.1) from a file. Only its hash is kept. Immutable. */
public final class AdminToken {
    private static final int MAX_BYTES = 4096;
    private static final Pattern FORM = Pattern.compile("[A-Za-z0-9._~+/-]{16,}=*");

    private final byte[] hash;

    private AdminToken(byte[] hash) {
        this.hash = hash;
    }

    /**
     * Reads it. Blocks.
     *
     * @throws IOException if the file is missing or holds none; the message names the file
     */
    public static AdminToken read(Path file) throws IOException {
        String text = readText(file);
        return new AdminToken(hash(text));
    }

    /** The token itself, for a client. Blocks; errors as in {@link #read}. */
    public static String readText(Path file) throws IOException {
        String text = new String(InputFile.read(file, MAX_BYTES), StandardCharsets.US_ASCII).strip();
        if (!FORM.matcher(text).matches()) {
            throw new IOException(
                    "must be one line of at least 16 letters, digits and -._~+/, as openssl rand -hex 32 makes: "
                            + file);
        }
        return text;
    }

    /** Compares in constant time. */
    public boolean matches(String given) {
        return MessageDigest.isEqual(hash, hash(given));
    }

    /** True if it is the same token. */
    public boolean isSame(AdminToken other) {
        return MessageDigest.isEqual(hash, other.hash);
    }

    private static byte[] hash(String token) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }
}
