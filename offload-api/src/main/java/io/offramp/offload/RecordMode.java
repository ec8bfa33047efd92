package io.offramp.offload;

/** Where the records of one direction are protected. Labels are those of {@code ss -ti}. */
public enum RecordMode {
    /** The host CPU. */
    SW("sw"),
    /** The device, record by record; handshake, TCP and errors stay on the host. */
    HW("hw"),
    /** The device, with handshake and TCP session. */
    HW_RECORD("hw-record");

    private final String label;

    RecordMode(String label) {
        this.label = label;
    }

    /** {@code sw}, {@code hw} or {@code hw-record}. */
    public String label() {
        return label;
    }
}
