package io.offramp.proxy.route;

/** A condition for the host of a request, in the form of {@code RequestTarget.host()}. */
public sealed interface HostCondition {
    /** One host. */
    record Name(String name) implements HostCondition {
        @Override
        public String toString() {
            return name;
        }
    }

    /**
     * All hosts below one, with any number of labels.
     *
     * @param suffix with a dot in front
     */
    record Below(String suffix) implements HostCondition {
        @Override
        public String toString() {
            return "*" + suffix;
        }
    }

    /** All hosts that an expression matches. */
    record Matching(Regex regex) implements HostCondition {
        @Override
        public String toString() {
            return "~" + regex;
        }
    }

    /** A name, or {@code *.example.com}; lower case. */
    static HostCondition of(String host) {
        return host.startsWith("*.") ? new Below(host.substring(1)) : new Name(host);
    }

    /** True if the host meets it. */
    default boolean matches(String host) {
        return switch (this) {
            case Name(String name) -> host.equals(name);
            case Below(String suffix) -> host.length() > suffix.length() && host.endsWith(suffix);
            case Matching(Regex regex) -> regex.matches(host);
        };
    }

    /** True if every host that meets the other meets this one. */
    default boolean covers(HostCondition other) {
        return switch (other) {
            case Name(String name) -> matches(name);
            case Below(String suffix) -> equals(other) || this instanceof Below(String own) && suffix.endsWith(own);
            case Matching regex -> equals(regex);
        };
    }
}
