package io.offramp.proxy.rule;

/**
 * When a rule for requests has its turn. In the order of this list; within a stage, in the order of the configuration.
 */
public enum Stage {
    /** To https. */
    SCHEME,
    /** By address, certificate, password, another server's word. */
    ACCESS,
    /** By how much there was before. */
    RATE,
    /** Of the target. */
    REWRITE,
    /** Of fields. */
    FIELDS,
    /** Redirects and fixed answers. */
    ANSWER
}
