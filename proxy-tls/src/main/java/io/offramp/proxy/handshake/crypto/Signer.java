package io.offramp.proxy.handshake.crypto;

import java.security.GeneralSecurityException;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.Signature;
import java.security.spec.PSSParameterSpec;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * Signs with one key in one scheme. Thread-safe: JCA objects get the key once, and threads take turns with them. They
 * are kept here and not per thread, so that they disappear when a certificate is replaced.
 */
public final class Signer {
    private final SigningScheme scheme;
    private final PrivateKey key;
    private final @Nullable Provider provider;
    private final Queue<Signature> idle = new ConcurrentLinkedQueue<>();

    /** @param provider null for whatever the JDK has installed */
    public Signer(SigningScheme scheme, PrivateKey key, @Nullable Provider provider) {
        this.scheme = scheme;
        this.key = key;
        this.provider = provider;
    }

    public SigningScheme scheme() {
        return scheme;
    }

    /** The signature over the concatenation of {@code parts}. */
    public byte[] sign(byte[]... parts) throws GeneralSecurityException {
        Signature taken = idle.poll();
        Signature signature = taken != null ? taken : create();
        for (byte[] part : parts) {
            signature.update(part);
        }
        byte[] signed = signature.sign();
        idle.add(signature); // not after a failure: its state is unknown then, so it must not be used again
        return signed;
    }

    private Signature create() throws GeneralSecurityException {
        PSSParameterSpec pss = scheme.parameters();
        Signature signature = pss == null ? instance(scheme.algorithm()) : pss(pss);
        signature.initSign(key);
        return signature;
    }

    /** The JDK and Corretto have one name with parameters, Conscrypt a name for each hash. */
    private Signature pss(PSSParameterSpec parameters) throws GeneralSecurityException {
        try {
            Signature signature = instance(scheme.algorithm());
            signature.setParameter(parameters);
            return signature;
        } catch (NoSuchAlgorithmException e) {
            return instance(parameters.getDigestAlgorithm().replace("-", "") + "withRSA/PSS");
        }
    }

    private Signature instance(String algorithm) throws GeneralSecurityException {
        return provider == null ? Signature.getInstance(algorithm) : Signature.getInstance(algorithm, provider);
    }
}
