package io.offramp.proxy.handshake.certificate;

import io.offramp.proxy.handshake.crypto.KeyType;
import io.offramp.proxy.reload.InputFile;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A certificate chain and its private key, checked against each other. Immutable; shared by all connections. Never
 * prints the key.
 */
public final class ServerIdentity {
    private static final int SAN_DNS = 2;

    private final List<X509Certificate> file;
    private final List<X509Certificate> chain;
    private final PrivateKey key;
    private final KeyType keyType;
    private final List<String> names;
    private final List<String> warnings;
    private final @Nullable Staple staple;

    ServerIdentity(List<X509Certificate> file, PrivateKey key, Instant now) throws BadCertificateException {
        this(file, key, now, List.of());
    }

    /** @param ofFiles warnings of these */
    private ServerIdentity(List<X509Certificate> file, PrivateKey key, Instant now, List<String> ofFiles)
            throws BadCertificateException {
        ServerChain found = ServerChain.find(file, key, now);
        this.file = List.copyOf(file);
        this.chain = found.certificates();
        this.key = key;
        this.keyType = CertificateKeys.typeOf(leaf().getPublicKey());
        this.names = namesOf(leaf());
        this.warnings = Stream.of(ofFiles, found.warnings(), IdentityChecks.check(chain, now))
                .flatMap(List::stream)
                .toList();
        this.staple = null;
    }

    private ServerIdentity(ServerIdentity from, @Nullable Staple staple) {
        this.file = from.file;
        this.chain = from.chain;
        this.key = from.key;
        this.keyType = from.keyType;
        this.names = from.names;
        this.warnings = from.warnings;
        this.staple = staple;
    }

    /**
     * Reads PEM files and checks that they belong together. Blocks.
     *
     * @param cert the server's certificate and those on the way to a root, in any order; see {@link ServerChain}
     * @param key private key in PKCS#8, PKCS#1 or SEC1, not encrypted; may be the same file as {@code cert}
     * @throws BadCertificateException if a file is missing or holds nothing usable, or key and chain do not match
     */
    public static ServerIdentity load(Path cert, Path key) throws BadCertificateException {
        return load(cert, key, null);
    }

    /**
     * As {@link #load(Path, Path)}, but does not repeat the checks of an identity that is the same as before: of a
     * thousand, one changes.
     */
    static ServerIdentity load(Path cert, Path key, @Nullable ServerIdentity earlier) throws BadCertificateException {
        PemFile certFile = PemFile.read(cert);
        PemFile keyFile = key.equals(cert) ? certFile : PemFile.read(key);
        List<X509Certificate> file = PemLoader.certificates(certFile);
        PrivateKey privateKey = PemLoader.privateKey(keyFile);
        if (earlier != null && earlier.file.equals(file) && earlier.key.equals(privateKey)) {
            return earlier;
        }
        List<String> warnings = new ArrayList<>(certFile.warnings());
        if (keyFile != certFile) {
            warnings.addAll(keyFile.warnings());
        }
        String open = InputFile.openTo(key);
        if (open != null) {
            warnings.add("private key: " + open);
        }
        return new ServerIdentity(file, privateKey, Instant.now(), warnings);
    }

    /** Leaf first. */
    public List<X509Certificate> chain() {
        return chain;
    }

    /** The certificate that names the server. */
    public X509Certificate leaf() {
        return chain.getFirst();
    }

    /** Kind of the leaf's key. */
    public KeyType keyType() {
        return keyType;
    }

    /**
     * DNS names of the leaf in lower case, {@code *.example.com} included; the common name where there is no such SAN.
     */
    public List<String> names() {
        return names;
    }

    /** What works but needs attention: {@code certificate expired on 2026-01-01T00:00:00Z}. */
    public List<String> warnings() {
        if (staple == null || staple.isFresh(Instant.now())) {
            return warnings;
        }
        List<String> all = new ArrayList<>(warnings);
        all.add("OCSP response expired on " + staple.nextUpdate() + ", and is not sent");
        return List.copyOf(all);
    }

    /** When the leaf expires. */
    public Instant notAfter() {
        return leaf().getNotAfter().toInstant();
    }

    /** The leaf's serial number, in hexadecimal. */
    public String serial() {
        return leaf().getSerialNumber().toString(16);
    }

    /** The OCSP response sent with the leaf; null for none. */
    @Nullable
    Staple staple() {
        return staple;
    }

    /** The same identity with another staple, or none; this one if nothing differs. */
    ServerIdentity stapled(@Nullable Staple other) {
        return Objects.equals(staple, other) ? this : new ServerIdentity(this, other);
    }

    /** Whether they look the same to a client. */
    boolean hasChainOf(ServerIdentity other) {
        return chain.equals(other.chain);
    }

    public PrivateKey privateKey() {
        return key;
    }

    private static List<String> namesOf(X509Certificate leaf) throws BadCertificateException {
        try {
            List<String> names = new ArrayList<>();
            Collection<List<?>> sans = leaf.getSubjectAlternativeNames();
            for (List<?> san : sans == null ? List.<List<?>>of() : sans) {
                if (san.get(0).equals(SAN_DNS)) {
                    names.add(((String) san.get(1)).toLowerCase(Locale.ROOT));
                }
            }
            String commonName = names.isEmpty() ? PemLoader.commonName(leaf) : null;
            return commonName == null ? List.copyOf(names) : List.of(commonName.toLowerCase(Locale.ROOT));
        } catch (CertificateParsingException e) {
            throw new BadCertificateException("subject alternative names do not parse: " + e.getMessage(), e);
        }
    }

    @Override
    public String toString() {
        return "ServerIdentity[" + keyType + " " + names + ", " + chain.size() + " certificates, until " + notAfter()
                + "]";
    }
}
