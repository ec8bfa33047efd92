package io.offramp.proxy.whatif;

/** Why a device does not take a direction. */
public enum Refusal {
    /** It never takes this suite or version. */
    SUITE("suite or version"),
    /** Its load is at its rate. */
    LOAD("load"),
    /** It takes no more installs just now. */
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
