package io.offramp.proxy.handshake.crypto;

import java.util.List;
import org.bouncycastle.tls.NamedGroup;
import org.jspecify.annotations.Nullable;

/** The key exchange groups that are negotiated here, in order of preference (RFC 8446 §4.2.7). */
public enum Group {
    /**
     * ML-KEM-768 and X25519 together, for TLS 1.3 only: safe as long as one of them is (draft-ietf-tls-ecdhe-mlkem).
     */
    X25519MLKEM768(NamedGroup.X25519MLKEM768, "X25519MLKEM768", KeyEncapsulations.KEY_BYTES + 32, ""),
    /** RFC 7748. The prefix is the SubjectPublicKeyInfo in front of the 32 bytes (RFC 8410 §4). */
    X25519(NamedGroup.x25519, "x25519", 32, "302a300506032b656e032100"),
    /** RFC 8422. The prefix is the SubjectPublicKeyInfo in front of the uncompressed point (RFC 5480 §2). */
    SECP256R1(NamedGroup.secp256r1, "secp256r1", 65, "3059301306072a8648ce3d020106082a8648ce3d030107034200"),
    /** RFC 8422. */
    SECP384R1(NamedGroup.secp384r1, "secp384r1", 97, "3076301006072a8648ce3d020106052b81040022036200");

    /** In order of preference. */
    public static final List<Group> ALL = List.of(values());

    private final int code;
    private final String label;
    private final int shareBytes;
    private final String spkiPrefix;

    Group(int code, String label, int shareBytes, String spkiPrefix) {
        this.code = code;
        this.label = label;
        this.shareBytes = shareBytes;
        this.spkiPrefix = spkiPrefix;
    }

    public static @Nullable Group of(int code) {
        for (Group group : ALL) {
            if (group.code == code) {
                return group;
            }
        }
        return null;
    }

    /** The number on the wire. */
    public int code() {
        return code;
    }

    public static @Nullable Group named(String label) {
        for (Group group : ALL) {
            if (group.label.equals(label)) {
                return group;
            }
        }
        return null;
    }

    /** The standard's name. */
    public String label() {
        return label;
    }

    /** Length of a client's key share. */
    public int shareBytes() {
        return shareBytes;
    }

    /** What makes a SubjectPublicKeyInfo of a key share, in hex; empty for two keys in one share. */
    String spkiPrefix() {
        return spkiPrefix;
    }

    /** Two key exchanges whose secrets are joined, which TLS 1.2 does not know. */
    public boolean isHybrid() {
        return this == X25519MLKEM768;
    }

    boolean isEcPoint() {
        return this == SECP256R1 || this == SECP384R1;
    }
}
