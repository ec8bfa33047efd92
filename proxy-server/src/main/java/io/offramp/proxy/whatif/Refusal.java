package io.offramp.proxy.whatif;

/** Reasons of a device to decline a direction. */
public enum Refusal {
    /** It never takes this suite or version. */
    SUITE("suite or version"),
    /** Its load is at its rate. */
    LOAD("load"),
    /** Its rate of installs is used up for now. */
    INSTALL_RATE("install rate"),
    /** All contexts are in use. */
    CONTEXTS("contexts");

    private final String label;

    Refusal(String label) {
        this.label = label;
    }

    /** For a table: {@code install rate}. */
    public String label() {
        return label;
    }
}
