package io.offramp.proxy.handover;

/**
 * The lines of the conversation, in its order. Anything that is not said in these words ends it, so a new word needs a
 * new version.
 *
 * <pre>
 * offramp upgrade         the running process  `upgrade 2`
 *                                              then lines for the user; the last begins with `done` or `failed`
 * offramp upgrade         the running process  `who 2`, if the one that it called has ended without a last word
 *                                              `process PID`, once that serves
 *
 * the new process         the running process  `take 2`
 *                                              `upgrades DONE FAILED`, as counted so far
 *                                              `key NAME KEYS` in Base64, for each listener with own ticket keys
 *                                              `session NAME PART` in Base64, parts of the TLS 1.2 sessions of a
 *                                              listener, in their order
 *                                              `socket NAME`, one for each
 *                                              `end`, or `refused REASON` at any time before
 *                                              `send`
 *                                              a descriptor for each socket, in the same order
 *                                              `left NAME`, for each socket that it has not taken
 *                                              `ready`, or `failed REASON`
 * </pre>
 *
 * <p>Connections are closed by the process that ends, so each sees the end of the other.
 */
public final class Protocol {
    /** Of the conversation. A process of another version is refused, and the old one goes on. */
    public static final int VERSION = 2;

    /** First line of the command. */
    public static final String UPGRADE = "upgrade";

    /** First line of the command that asks who serves. */
    public static final String WHO = "who";

    /** First line of the new process. */
    public static final String TAKE = "take";

    static final String UPGRADES = "upgrades ";
    static final String KEY = "key ";
    static final String SESSION = "session ";
    static final String SOCKET = "socket ";
    static final String END = "end";
    static final String REFUSED = "refused ";
    static final String SEND = "send";

    static final String LEFT = "left ";

    /** The new process serves. */
    public static final String READY = "ready";

    /** The new process has been told to end, and does: the old one must not serve again. */
    static final String OVER = "over";

    /** In front of the number of a process. */
    public static final String PROCESS = "process ";

    /** In the line for the user that the new process serves. */
    public static final String SERVES = " serves; ";

    /** The last line for the user, and of a new process that does not serve. */
    public static final String FAILED = "failed: ";

    /** The last line for the user. */
    public static final String DONE = "done: ";

    private Protocol() {}

    /** A first line. */
    public static String greeting(String word) {
        return word + " " + VERSION;
    }

    /** Why a first line of another version is refused, or a later one that this version does not know. */
    static String mismatch(String greeting) {
        return "it speaks \"" + greeting + "\" and this process version " + VERSION
                + " of the hand-over: two builds that do not fit, so restart instead";
    }
}
