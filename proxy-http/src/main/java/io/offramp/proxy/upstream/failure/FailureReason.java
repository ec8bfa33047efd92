package io.offramp.proxy.upstream.failure;

import io.netty.channel.ConnectTimeoutException;
import java.io.FileNotFoundException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Why a server has not answered a request to its end. */
public enum FailureReason {
    /** Its name has no address. */
    NAME,
    /** It refused the connection. */
    REFUSED,
    /** It did not accept in time. */
    CONNECT_TIMEOUT,
    /** The connection could not be made for another reason. */
    CONNECT,
    /** It accepted, but there is no TLS with it. */
    TLS,
    /** All connections that it may have are busy. */
    BUSY,
    /** None of an upstream's servers takes requests. */
    NO_SERVER,
    /** It demands a certificate of us, and there is none. */
    CERTIFICATE_DEMANDED,
    /** It does not accept our certificate. */
    CERTIFICATE_REFUSED,
    /** It reset the connection or the stream. */
    RESET,
    /** It closed the connection before the end of the answer. */
    CLOSED,
    /** What it sent breaks the protocol. */
    GARBAGE,
    /** It did not answer in time, or not go on. */
    TIMEOUT,
    /** Anything else. */
    OTHER;

    /** In logs and metrics. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Of a connect that failed. */
    public static FailureReason ofConnect(@Nullable Throwable cause) {
        return switch (cause) {
            case ConnectTimeoutException late -> CONNECT_TIMEOUT;
            case NoTlsException untrusted -> untrusted.reason();
            case UnknownHostException unknown -> NAME;
            case UnresolvedAddressException unknown -> NAME;
            case NoRouteToHostException gone -> CONNECT;
            case ConnectException refused -> REFUSED;
            case null, default -> CONNECT;
        };
    }

    /** What a connect's failure says of itself. Some that Netty throws have no message. */
    public static String problem(Throwable cause) {
        String message = cause.getMessage();
        if (message != null) {
            return message;
        }
        return switch (cause) {
            case UnresolvedAddressException unknown -> "the name has no address";
            case FileNotFoundException missing -> "no such file";
            default -> cause.getClass().getSimpleName();
        };
    }

    /** Of a stream that failed, by the words of its protocol. */
    public static FailureReason ofStream(String problem) {
        if (problem.startsWith("reset")) {
            return RESET;
        }
        if (problem.startsWith("garbage")) {
            return GARBAGE;
        }
        if (problem.startsWith(CERTIFICATE_DEMANDED.word())) {
            return CERTIFICATE_DEMANDED;
        }
        if (problem.startsWith(CERTIFICATE_REFUSED.word())) {
            return CERTIFICATE_REFUSED;
        }
        if (problem.equals("closed")) {
            return CLOSED;
        }
        return problem.startsWith("timeout") ? TIMEOUT : OTHER;
    }
}
