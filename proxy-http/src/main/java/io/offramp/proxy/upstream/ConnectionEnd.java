package io.offramp.proxy.upstream;

/** Why a connection that many requests share has ended before its time. */
public enum ConnectionEnd {
    /** The server has said that it takes no more. */
    GOAWAY,
    /** The server has closed it, or the path is cut. */
    LOST,
    /** No answer to a PING. */
    SILENT,
    /** What the server sends breaks the protocol, or is a flood. */
    GARBAGE,
    /** We could not go on. */
    FAILED
}
