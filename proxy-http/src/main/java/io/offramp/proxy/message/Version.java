package io.offramp.proxy.message;

/** The version of HTTP that a message came in. */
public enum Version {
    HTTP_1_0("1.0"),
    HTTP_1_1("1.1"),
    HTTP_2("2.0");

    private final String number;
    private final String protocol;

    Version(String number) {
        this.number = number;
        protocol = "HTTP/" + number;
    }

    /** Its form in {@code Via} (RFC 9110 §7.6.3): {@code 1.1}. */
    public String number() {
        return number;
    }

    /** Its name in access logs: {@code HTTP/1.1}, {@code HTTP/2.0}. */
    public String protocol() {
        return protocol;
    }
}
