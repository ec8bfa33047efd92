package io.offramp.offload.device.hardware.queue;

/** Opcodes and their modifiers in the control segment of a WQE. */
public final class Opcode {
    /** Does nothing; with a fence it waits for what is before it. */
    public static final int NOP = 0x00;

    /** Sends a packet. */
    public static final int SEND = 0x0a;

    /** Sends bytes that the device cuts into packets of {@code mss} bytes. */
    public static final int LSO = 0x0e;

    /** Writes progress params. */
    public static final int SET_PSV = 0x20;

    /** Reads progress params into host memory. */
    public static final int GET_PSV = 0x21;

    /** Feeds bytes to a context's cipher that are not sent. */
    public static final int DUMP = 0x23;

    /** Writes static params. */
    public static final int UMR = 0x25;

    /** Modifier of UMR and SET_PSV: the context is a TIS. */
    public static final int MODIFIER_TIS = 1;

    /** Modifier of UMR, SET_PSV and GET_PSV: the context is a TIR. */
    public static final int MODIFIER_TIR = 2;

    private Opcode() {}
}
