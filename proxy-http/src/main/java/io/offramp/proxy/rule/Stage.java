package io.offramp.proxy.rule;

/**
 * When a rule for requests has its turn. In the order of this list; within a stage, in the order of the configuration.
 */
public enum Stage {
    /** To https. */
    SCHEME,
    /** By how much there was of the same address or certificate: also what access then refuses. */
    CLIENT_RATE,
    /** By address, certificate, password, another server's word. */
    ACCESS,
    /** By how much there was of all, or of what access has found the client to be. */
    RATE,
    /** Of the target. */
    REWRITE,
    /** Of fields. */
    FIELDS,
    /** Redirects and fixed answers. */
    ANSWER
}
